<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Tests\Support\Contract;
use Tagalong\Tests\Support\Server;

/** The examples are run, and the README shows what they say. */
final class ExamplesTest extends TestCase
{
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    private const FOLDER = __DIR__ . '/../examples';

    private static ?Server $installation = null;
    private static string $log;

    public static function setUpBeforeClass(): void
    {
        self::$log = (string) tempnam(sys_get_temp_dir(), 'tagalong-php-');
        self::$installation = Server::web(__DIR__ . '/Support/installation.php', ['LOG' => self::$log]);
    }

    public static function tearDownAfterClass(): void
    {
        self::$installation?->stop();
        self::$installation = null;
        unlink(self::$log);
    }

    /** @return array{string, int} what it printed, and its exit code */
    private static function execute(string $example, string $options = ''): array
    {
        $env = [
            'TAGALONG_URL' => self::$installation->url(), 'TAGALONG_SHOP' => 'shop_aaaaaaaaaaaaaaaaaaaaaaaaaa',
            'TAGALONG_KEY' => 'tgk_secret',
            'TAGALONG_SHOP_KEY' => 'pk_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'TAGALONG_KID' => 'kid_bbbbbbbbbbbbbbbbbbbbbbbbbb',
            'TAGALONG_IDENTITY_SECRET' => 'tgi_secret',
        ];
        $set = implode(' ', array_map(fn (string $name): string => "$name=$env[$name]", array_keys($env)));
        $file = escapeshellarg(self::FOLDER . "/$example.php");
        exec("$set " . PHP_BINARY . " -d display_errors=stderr $options $file 2>&1", $out, $code);
        return [implode("\n", $out), $code];
    }

    /** @return iterable<array{string}> */
    public static function examples(): iterable
    {
        yield from [['push'], ['answer'], ['outbox'], ['identity'], ['connect']];
    }

    /**
     * @dataProvider examples
     */
    public function testAnExampleSaysWhatItSaysItSays(string $example): void
    {
        [$out, $code] = self::execute($example);
        [, $said] = explode("// Output:\n", (string) file_get_contents(self::FOLDER . "/$example.php"));
        self::assertSame(trim(preg_replace('~^// ?~m', '', $said)), $out);
        self::assertSame(0, $code);
    }

    public function testTheWordPressExamplePushesOnceAtTheEnd(): void
    {
        file_put_contents(self::$log, '');
        [$out, $code] = self::execute('wordpress', '-d auto_prepend_file=' . escapeshellarg(__DIR__ . '/Support/wordpress.php'));
        self::assertSame(['', 0], [$out, $code]);
        $requests = array_map(fn (string $line): array => json_decode($line, true), file(self::$log) ?: []);
        self::assertCount(1, $requests);
        $batch = json_decode($requests[0]['body']);
        self::assertSame([], Contract::problems($batch, 'EventBatch'));
        self::assertSame(['1001', '1002'], array_map(fn (object $e): string => $e->order->external_id, $batch->events));
        self::assertSame(5470, $batch->events[0]->order->totals->total->amount);
    }

    public function testTheWebhookExampleBelievesOnlyUs(): void
    {
        $server = Server::web(self::FOLDER . '/webhook.php', ['TAGALONG_WEBHOOK_SECRETS' => 'b3RoZXIgc2VjcmV0 ' . self::SECRET]);
        $body = Contract::example('webhook.order.changed');
        $time = (string) time();
        $mac = base64_encode(hash_hmac('sha256', "whe_0001.$time.$body", base64_decode(substr(self::SECRET, 6)), true));
        $headers = ['webhook-id: whe_0001', "webhook-timestamp: $time", "webhook-signature: v1,$mac", 'Content-Type: application/json'];
        self::assertSame(204, self::deliver($server, $headers, $body));
        self::assertSame(401, self::deliver($server, $headers, $body . ' '));
        self::assertSame(401, self::deliver($server, ['Content-Type: application/json'], $body));
    }

    public function testTheReadmeShowsTheFirstExample(): void
    {
        $readme = (string) file_get_contents(__DIR__ . '/../README.md');
        preg_match_all('~```php\n(.*?)```~s', $readme, $blocks);
        $example = (string) file_get_contents(self::FOLDER . '/push.php');
        $code = substr($example, (int) strpos($example, 'use '), (int) strpos($example, "\n// Output") - (int) strpos($example, 'use '));
        self::assertStringContainsString($code, $blocks[1][0]);
        foreach ($blocks[1] as $block) {
            $source = str_starts_with($block, '<?php') ? $block : "<?php\n$block";
            self::assertNotEmpty(token_get_all($source, TOKEN_PARSE)); // throws where it is no PHP
        }
    }

    public function testTheReadmeNamesWhatExists(): void
    {
        $readme = (string) file_get_contents(__DIR__ . '/../README.md');
        preg_match_all('~`(examples/[a-z]+\.php)`~', $readme, $files);
        self::assertNotSame([], $files[1]);
        foreach ($files[1] as $file) {
            self::assertFileExists(__DIR__ . "/../$file");
        }
        preg_match_all('~`([a-z][A-Za-z]+)\(~', $readme, $methods);
        $known = array_merge(...array_map('get_class_methods', [
            \Tagalong\Client::class, \Tagalong\Webhooks::class, \Tagalong\IdentityTokens::class, \Tagalong\EventFactory::class,
            \Tagalong\Connect::class, \Tagalong\Exception\ApiException::class, \Tagalong\Model\Order::class,
        ]));
        self::assertSame([], array_diff($methods[1], $known));
    }

    /** @param list<string> $headers */
    private static function deliver(Server $server, array $headers, string $body): int
    {
        $http = ['method' => 'POST', 'header' => $headers, 'content' => $body, 'ignore_errors' => true];
        file_get_contents($server->url(), false, stream_context_create(['http' => $http]));
        return (int) substr($http_response_header[0], 9, 3);
    }
}
