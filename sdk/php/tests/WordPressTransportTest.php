<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Exception\NoAnswerException;
use Tagalong\Exception\RequestException;
use Tagalong\Http\WordPressTransport;
use Tagalong\Tests\Support\World;

/** The seam to WordPress, with stand-ins for its functions. */
final class WordPressTransportTest extends TestCase
{
    /** @var list<array{string, array<string, mixed>}> */
    private array $asked = [];

    private function world(mixed $answer, bool $verify = true): World
    {
        $request = function (string $url, array $args) use ($answer): mixed {
            $this->asked[] = [$url, $args];
            return $answer;
        };
        $filters = function (string $hook, mixed $value) use ($verify): mixed {
            return $hook === 'https_ssl_verify' ? $verify : $value;
        };
        return new World([], ['transport' => new WordPressTransport($request, $filters), 'maxAnswerBytes' => 1000, 'retries' => 0]);
    }

    /** As wp_remote_request answers: its headers are an object that is walked through. */
    private static function answer(int $code, string $body, array $headers = []): array
    {
        return ['response' => ['code' => $code, 'message' => ''], 'headers' => new \ArrayIterator($headers), 'body' => $body];
    }

    public function testItSendsThroughWordPress(): void
    {
        $order = $this->world(self::answer(200, '{"external_id":"1"}'))->client->order('1');
        self::assertSame('1', $order->externalId);
        [[$url, $args]] = $this->asked;
        self::assertSame('https://chat.example.com/v1/shops/' . World::SHOP . '/orders/1', $url);
        self::assertSame('Bearer ' . World::KEY, $args['headers']['Authorization']);
        self::assertSame(['GET', 0, true, 10.0, 1001], [
            $args['method'], $args['redirection'], $args['sslverify'], $args['timeout'], $args['limit_response_size'],
        ]);
    }

    public function testHeadersComeInBothTheirForms(): void
    {
        foreach (['7', ['7', '8']] as $value) {
            try {
                $this->world(self::answer(429, '', ['retry-after' => $value]))->client->order('1');
                self::fail('succeeded');
            } catch (RequestException $e) {
                self::assertSame(7.0, $e->retryAfter);
            }
        }
    }

    public function testNothingIsSentWhereCertificatesAreNotVerified(): void
    {
        try {
            $this->world(self::answer(200, '{"external_id":"1"}'), verify: false)->client->order('1');
            self::fail('sent');
        } catch (NoAnswerException $e) {
            self::assertSame('insecure', $e->errorCode);
        }
        self::assertSame([], $this->asked);
    }

    /** @return iterable<string, array{mixed, string}> */
    public static function failures(): iterable
    {
        $error = fn (string $text): object => new class ($text) {
            public function __construct(private readonly string $text)
            {
            }

            public function get_error_message(): string
            {
                return $this->text;
            }
        };
        yield 'slow' => [$error('cURL error 28: Operation timed out after 10001 milliseconds'), 'timeout'];
        yield 'a certificate' => [$error('cURL error 60: SSL certificate problem: secret'), 'insecure'];
        yield 'no host' => [$error('cURL error 6: Could not resolve host'), 'no_answer'];
        yield 'blocked' => [$error('User has blocked requests through HTTP.'), 'no_answer'];
        yield 'nothing' => [null, 'no_answer'];
        yield 'too much' => [self::answer(200, str_repeat('x', 1001)), 'answer_too_large'];
        yield 'no status' => [['body' => ''], 'bad_answer'];
    }

    /**
     * @dataProvider failures
     */
    public function testFailuresHaveTheirCodes(mixed $answer, string $code): void
    {
        try {
            $this->world($answer)->client->order('1');
            self::fail('succeeded');
        } catch (RequestException $e) {
            self::assertSame($code, $e->errorCode);
            self::assertStringNotContainsString('secret', $e->getMessage());
        }
    }
}
