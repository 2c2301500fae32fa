<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use DateTimeImmutable;
use PHPUnit\Framework\TestCase;
use Tagalong\Model\EventSource;
use Tagalong\Tests\Support\Contract;
use TagalongChat\Map\Events;
use TagalongChat\Map\Occasion;
use TagalongChat\Receive\Topics;

/** Every recorded payload, and those made by hand, in; what Tagalong gets, out. */
final class GoldenTest extends TestCase
{
    private const DATA = __DIR__ . '/../testdata';

    /** Recordings that are no change of an object: what the map makes of them is nothing, and each says why. */
    private const SILENT = [
        'rest_order_note_customer' => 'a note is part of no neutral object',
        'rest_refund' => 'is told with its order, see order_partly_refunded',
        'store_api_checkout_result' => 'an answer to the shopper; the order is told by its own hooks',
        'webhook_ping' => 'no object, and not signed',
        'webhook_order_created_request' => 'the same body as webhook_order_created; see ReceiverTest',
    ];

    /** @return iterable<string, array{string}> */
    public function payloads(): iterable
    {
        foreach ([...glob(self::DATA . '/*.json'), ...glob(self::DATA . '/cases/*.json')] as $file) {
            $name = basename($file, '.json');
            if (!isset(self::SILENT[$name])) {
                yield $name => [$file];
            }
        }
    }

    /** @dataProvider payloads */
    public function testMapsToItsGoldenEvents(string $file): void
    {
        $events = json_decode(self::map($file));
        $this->assertSame(self::map($file), self::map($file), 'twice the same');
        foreach ($events as $event) {
            $this->assertSame([], Contract::problems($event, 'ContextEvent'));
        }
        $golden = self::DATA . '/golden/' . basename($file);
        $text = json_encode($events, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR) . "\n";
        if (getenv('UPDATE_GOLDEN') === '1') {
            file_put_contents($golden, $text);
        }
        $this->assertFileExists($golden, 'UPDATE_GOLDEN=1 phpunit writes it');
        $this->assertSame((string) file_get_contents($golden), $text);
    }

    public function testNoGoldenIsLeftOver(): void
    {
        $names = array_map('basename', array_column(iterator_to_array($this->payloads()), 0));
        $this->assertSame([], array_diff(array_map('basename', glob(self::DATA . '/golden/*.json')), $names));
    }

    /** The check against the contract is worth something only if it can fail. */
    public function testTheContractIsReallyChecked(): void
    {
        $event = json_decode(self::map(self::DATA . '/cases/order_tracked.json'))[0];
        $event->order->totals->total->amount = '29.30';
        $event->order->surprise = 1;
        $this->assertCount(2, Contract::problems($event, 'ContextEvent'));
    }

    private static function map(string $file): string
    {
        $name = basename($file, '.json');
        $body = json_decode((string) file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
        $events = new Events(new EventSource('woocommerce', '1.0.0', '10.0.2'));
        $at = new DateTimeImmutable('2026-11-21T19:45:00.123456Z');
        $why = new Occasion('woo:01JD7Q3N8Z4W5T6R7Y8U9P0A1B', $at);
        $mapped = match (true) {
            str_starts_with($name, 'webhook_') => Topics::events($events, explode('_', $name)[1], $body, 'wcwh:order:00', $at),
            str_contains($name, 'order'), str_contains($name, 'checkout') => $events->order($body, $why),
            str_contains($name, 'cart') => $events->cart($body + ['tagalong' => ['token' => '0123456789abcdef0123456789abcdef']], $why),
            str_contains($name, 'customer') => $events->customer($body, $why),
            str_contains($name, 'product') => $events->product($body + ['tagalong' => ['currency' => 'EUR']], $why),
            str_contains($name, 'coupon') => $events->coupon($body + ['tagalong' => ['currency' => 'EUR']], $why),
        };
        return json_encode($mapped, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
    }
}
