<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use DateTimeImmutable;
use PHPUnit\Framework\TestCase;
use Tagalong\Client;
use Tagalong\Http\Request;
use Tagalong\Http\Response;
use Tagalong\Model\EventSource;
use Tagalong\Options;
use Tagalong\Tests\Support\FakeClock;
use Tagalong\Tests\Support\FakeTransport;
use Tagalong\Tests\Support\Server;
use TagalongChat\Map\Events;
use TagalongChat\Receive\Receiver;
use TagalongChat\Receive\Spool;

/** WooCommerce's webhooks, as they were recorded, and what somebody else might send. */
final class ReceiverTest extends TestCase
{
    private const DATA = __DIR__ . '/../testdata';
    private const SECRETS = ['order' => 'whsecret', 'product' => 'other', 'customer' => ''];

    private string $folder;

    /** @var list<string> */
    private array $log = [];

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/tagalong-receiver-' . bin2hex(random_bytes(6));
    }

    protected function tearDown(): void
    {
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public function testTheRecordedDeliveryIsTaken(): void
    {
        [$signature, $body] = self::recorded();
        $transport = new FakeTransport(self::applied(...));
        $this->assertSame(200, $this->deliver($transport, $signature, $body));
        $events = json_decode((string) $transport->requests[0]->body)->events;
        $this->assertSame(['order.upserted', '16'], [$events[0]->type, $events[0]->order->external_id]);
        $this->assertSame('wcwh:order:' . hash('sha256', $body), $events[0]->id);
        $this->assertSame([], $this->log);
    }

    public function testARepeatLooksTheSameWheneverItComes(): void
    {
        [$signature, $body] = self::recorded();
        $transport = new FakeTransport(self::applied(...));
        $this->deliver($transport, $signature, $body, '@1795289656');
        $this->deliver($transport, $signature, $body, '@1795999999');
        $this->assertSame((string) $transport->requests[0]->body, (string) $transport->requests[1]->body);
    }

    /** @return iterable<string, array{string, string}> */
    public function forgeries(): iterable
    {
        [$signature, $body] = self::recorded();
        yield 'no signature' => ['', $body];
        yield 'cut short' => [substr($signature, 0, -1), $body];
        yield 'in hex' => [hash_hmac('sha256', $body, 'whsecret'), $body];
        yield 'by an empty secret' => [base64_encode(hash_hmac('sha256', $body, '', true)), $body];
        yield 'by a noun that has no secret' => [base64_encode(hash_hmac('sha256', $body, 'unknown', true)), $body];
        yield 'another body' => [$signature, str_replace('29.30', '0.30', $body)];
        yield 'the same body, written anew' => [$signature, (string) json_encode(json_decode($body), JSON_UNESCAPED_SLASHES)];
        yield 'a ping with a signature' => [$signature, 'webhook_id=1'];
        yield 'a ping with more' => ['', 'webhook_id=1&status=paid'];
        yield 'nothing' => ['', ''];
    }

    /** @dataProvider forgeries */
    public function testWhatIsNotSignedByAShopsSecretHasNoEffect(string $signature, string $body): void
    {
        $transport = new FakeTransport(self::applied(...));
        $this->assertSame(401, $this->deliver($transport, $signature, $body));
        $this->assertSame([[], false], [$transport->requests, is_dir($this->folder)]);
    }

    public function testThePingOfANewWebhookIsAnsweredAndHasNoEffect(): void
    {
        $ping = json_decode((string) file_get_contents(self::DATA . '/webhook_ping.json'));
        $transport = new FakeTransport(self::applied(...));
        $this->assertSame(200, $this->deliver($transport, '', $ping->body));
        $this->assertSame([[], [], false], [$transport->requests, $this->log, is_dir($this->folder)]);
    }

    public function testTheSecretTellsTheNounAndNoHeaderDoes(): void
    {
        $transport = new FakeTransport(self::applied(...));
        $this->assertSame(200, $this->deliver($transport, self::sign('{"id":16}', 'whsecret'), '{"id":16}'));
        $this->assertSame(200, $this->deliver($transport, self::sign('{"id":16}', 'other'), '{"id":16}'));
        $types = array_map(static fn (Request $r): string => json_decode((string) $r->body)->events[0]->type, $transport->requests);
        $this->assertSame(['order.deleted', 'product.deleted'], $types);
    }

    public function testAProductHasTheShopsCurrencyAndNobodyElses(): void
    {
        $body = (string) json_encode(['tagalong' => ['currency' => 'USD']]
            + json_decode((string) file_get_contents(self::DATA . '/webhook_product_updated.json'), true));
        $transport = new FakeTransport(self::applied(...));
        $this->deliver($transport, self::sign($body, 'other'), $body);
        $this->assertSame('EUR', json_decode((string) $transport->requests[0]->body)->events[0]->product->price_min->currency);
    }

    public function testOtherMethodsAndEndlessBodiesAreRefused(): void
    {
        $transport = new FakeTransport(self::applied(...));
        $receiver = $this->receiver($transport);
        $this->assertSame(405, $receiver->receive('GET', '', 'webhook_id=1', new DateTimeImmutable()));
        $big = str_repeat('x', Receiver::LIMIT + 1);
        $this->assertSame(413, $receiver->receive('POST', self::sign($big, 'whsecret'), $big, new DateTimeImmutable()));
    }

    public function testWhatTagalongCannotTakeIsKeptAndSentWithALaterOne(): void
    {
        [$signature, $body] = self::recorded();
        $down = new FakeTransport(FakeTransport::problem(503, 'unavailable'));
        $this->assertSame(200, $this->deliver($down, $signature, $body), 'WooCommerce would not come again');
        $this->assertSame(1, (new Spool($this->folder))->count());
        $this->assertSame('0700', substr(sprintf('%o', (int) fileperms($this->folder)), -4));

        $up = new FakeTransport(self::applied(...));
        $this->deliver($up, self::sign('{"id":17}', 'whsecret'), '{"id":17}');
        $this->assertCount(2, $up->requests);
        $this->assertSame((string) $down->requests[0]->body, (string) $up->requests[1]->body, 'as it would have been');
        $this->assertSame(0, (new Spool($this->folder))->count());
    }

    public function testWhatNeverCanBeTakenIsLoggedAndGone(): void
    {
        $transport = new FakeTransport(FakeTransport::problem(422, 'invalid'));
        $this->assertSame(200, $this->deliver($transport, self::sign('{"id":1}', 'whsecret'), '{"id":1}'));
        $this->assertSame(200, $this->deliver($transport, self::sign('[[[', 'whsecret'), '[[['));
        $this->assertSame(200, $this->deliver($transport, self::sign('{"action":"x","arg":"y"}', 'whsecret'), '{"action":"x","arg":"y"}'));
        $this->assertCount(2, $this->log);
        $this->assertFalse(is_dir($this->folder));
    }

    /** WooCommerce's requests are of HTTP/1.0's kind: no keep-alive, no chunks. */
    public function testItIsServedOverHttp10(): void
    {
        [$signature, $body] = self::recorded();
        $server = Server::web(__DIR__ . '/../../receiver/index.php', [
            'TAGALONG_URL' => 'http://127.0.0.1:9', 'TAGALONG_SHOP' => 'shop_' . str_repeat('a', 26), 'TAGALONG_KEY' => 'tgk_key',
            'WOO_SECRETS' => 'order=whsecret', 'WOO_CURRENCY' => 'EUR', 'WOO_SPOOL' => $this->folder,
        ]);
        try {
            $host = (string) parse_url($server->url(), PHP_URL_HOST) . ':' . parse_url($server->url(), PHP_URL_PORT);
            $this->assertStringContainsString(' 200 ', self::http10($host, 'webhook_id=1', 'application/x-www-form-urlencoded', ''));
            $this->assertStringContainsString(' 401 ', self::http10($host, $body, 'application/json', 'bm9wZQ=='));
            $this->assertStringContainsString(' 200 ', self::http10($host, $body, 'application/json', $signature));
            $this->assertSame(1, (new Spool($this->folder))->count(), 'nobody listens on port 9: kept');
        } finally {
            $server->stop();
        }
    }

    private static function http10(string $host, string $body, string $type, string $signature): string
    {
        $socket = stream_socket_client("tcp://$host", timeout: 10);
        $signed = $signature === '' ? '' : "X-WC-Webhook-Signature: $signature\r\n";
        $head = "POST / HTTP/1.0\r\nHost: $host\r\nContent-Type: $type\r\n{$signed}Content-Length: " . strlen($body);
        fwrite($socket, "$head\r\n\r\n$body");
        $answer = (string) stream_get_contents($socket);
        fclose($socket);
        return strtok($answer, "\r") . ' ';
    }

    private function deliver(FakeTransport $transport, string $signature, string $body, string $at = '@1795289656'): int
    {
        return $this->receiver($transport)->receive('POST', $signature, $body, new DateTimeImmutable($at));
    }

    private function receiver(FakeTransport $transport): Receiver
    {
        $options = new Options(retries: 0, transport: $transport, clock: new FakeClock());
        return new Receiver(
            self::SECRETS,
            'EUR',
            new Client('https://chat.example.com', 'shop_' . str_repeat('a', 26), 'tgk_key', $options),
            new Events(new EventSource('woocommerce')),
            new Spool($this->folder),
            fn (string $line) => $this->log[] = $line,
        );
    }

    private static function applied(Request $request): Response
    {
        $ids = array_column(json_decode((string) $request->body, true)['events'], 'id');
        return FakeTransport::json(['results' => array_map(static fn (string $id): array => ['id' => $id, 'outcome' => 'applied'], $ids)]);
    }

    private static function sign(string $body, string $secret): string
    {
        return base64_encode(hash_hmac('sha256', $body, $secret, true));
    }

    /** @return array{string, string} */
    private static function recorded(): array
    {
        $request = json_decode((string) file_get_contents(self::DATA . '/webhook_order_created_request.json'), true);
        return [$request['headers']['X-WC-Webhook-Signature'], $request['raw_body']];
    }
}
