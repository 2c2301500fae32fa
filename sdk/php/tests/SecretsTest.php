<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\RequestException;
use Tagalong\Http\Request;
use Tagalong\IdentityTokens;
use Tagalong\Internal\Secret;
use Tagalong\Tests\Support\FakeTransport;
use Tagalong\Tests\Support\World;
use Tagalong\Webhooks;

/** Whatever is dumped, logged or thrown, no credential and no body is in it. */
final class SecretsTest extends TestCase
{
    private const WEBHOOK = 'c2VjcmV0LW9mLXdlYmhvb2tz';
    private const IDENTITY = 'tgi_identity-secret';

    /** @return iterable<string, array{object}> */
    public static function holders(): iterable
    {
        $world = new World([FakeTransport::json(['external_id' => '1'])]);
        yield 'a client' => [$world->client];
        $world->client->order('1');
        yield 'a request' => [$world->transport->requests[0]];
        yield 'a verifier' => [new Webhooks([self::WEBHOOK])];
        yield 'tokens' => [new IdentityTokens('pk_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'kid_bbbbbbbbbbbbbbbbbbbbbbbbbb', self::IDENTITY)];
        yield 'a secret' => [new Secret(self::IDENTITY)];
    }

    /**
     * @dataProvider holders
     */
    public function testNoDumpShowsASecret(object $holder): void
    {
        ob_start();
        var_dump($holder);
        // var_dump is what people use; the others are what loggers do.
        $dumps = [ob_get_clean(), print_r($holder, true), self::export($holder), json_encode($holder), print_r((array) $holder, true)];
        foreach ($dumps as $dump) {
            self::assertClean((string) $dump);
        }
    }

    /**
     * @dataProvider holders
     */
    public function testNoHolderOfASecretIsStored(object $holder): void
    {
        $this->expectException(\Throwable::class);
        serialize($holder);
    }

    public function testASecretIsThereWhereItIsNeeded(): void
    {
        $secret = new Secret('one');
        $other = new Secret('two');
        self::assertSame(['one', 'two'], [$secret->reveal(), $other->reveal()]);
    }

    public function testNoFailureShowsASecretOrABody(): void
    {
        $failures = [
            fn (Request $r) => FakeTransport::json('{"echo":"' . implode(' ', $r->headers()) . $r->body . '"}', 400),
            fn () => throw FakeTransport::lost(),
            FakeTransport::problem(401, 'invalid_token'),
            FakeTransport::json('the private text'),
        ];
        foreach ($failures as $failure) {
            $world = new World([$failure], ['retries' => 1]);
            try {
                $world->client->postMessage('cnv_1', 'the private text');
                self::fail('succeeded');
            } catch (RequestException $e) {
                for ($one = $e; $one !== null; $one = $one->getPrevious()) {
                    self::assertClean($one->getMessage());
                    self::assertStringNotContainsString('private text', $one->getMessage());
                }
                foreach ($world->retries as $retry) {
                    self::assertStringNotContainsString('private text', $retry->error->getMessage());
                }
            }
        }
    }

    /** PHP 8.2 knows the attribute; before, traces keep arguments only where the site says so. */
    public function testNoTraceShowsASecret(): void
    {
        if (PHP_VERSION_ID < 80200) {
            self::markTestSkipped('SensitiveParameter is of PHP 8.2');
        }
        $was = ini_set('zend.exception_ignore_args', '0');
        $makers = [
            fn () => new \Tagalong\Client('http://chat.example.com', World::SHOP, World::KEY),
            fn () => new Webhooks([self::WEBHOOK, '']),
            fn () => new IdentityTokens('wrong', 'wrong', self::IDENTITY),
        ];
        foreach ($makers as $make) {
            try {
                $make();
                self::fail('made');
            } catch (ConfigurationException $e) {
                self::assertClean($e->getTraceAsString() . implode("\n", self::texts(array_column($e->getTrace(), 'args'))));
            }
        }
        ini_set('zend.exception_ignore_args', (string) $was);
    }

    /**
     * @param array<mixed> $values
     *
     * @return list<string> all texts in lists in lists; what is in objects is asked elsewhere
     */
    private static function texts(array $values): array
    {
        $texts = [];
        array_walk_recursive($values, function (mixed $value) use (&$texts): void {
            if (is_string($value)) {
                $texts[] = $value;
            }
        });
        return $texts;
    }

    private static function export(object $holder): string
    {
        try {
            return var_export($holder, true);
        } catch (\Throwable $e) {
            return $e->getMessage();
        }
    }

    private static function assertClean(string $text): void
    {
        foreach ([World::KEY, self::WEBHOOK, base64_decode(self::WEBHOOK), self::IDENTITY] as $secret) {
            self::assertFalse(str_contains($text, $secret), 'a secret can be read');
        }
    }
}
