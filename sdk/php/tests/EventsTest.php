<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\EventFactory;
use Tagalong\Exception\ApiException;
use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Http\Request;
use Tagalong\Http\Response;
use Tagalong\Model\Cart;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\ContextEventType;
use Tagalong\Model\Customer;
use Tagalong\Model\EventOutcome;
use Tagalong\Model\EventSource;
use Tagalong\Model\FinancialStatus;
use Tagalong\Model\Line;
use Tagalong\Model\Order;
use Tagalong\Model\Product;
use Tagalong\Model\Shipment;
use Tagalong\Model\Totals;
use Tagalong\Money;
use Tagalong\Tests\Support\Contract;
use Tagalong\Tests\Support\FakeTransport;
use Tagalong\Tests\Support\World;

/** Pushing: how events are made, cut into requests, and answered. */
final class EventsTest extends TestCase
{
    private const LIMIT = 256 * 1024;

    /** The server's part: everything applied. */
    private static function apply(Request $request): Response
    {
        $results = array_map(
            fn (array $event): array => ['id' => $event['id'], 'outcome' => 'applied'],
            json_decode((string) $request->body, true)['events'],
        );
        return FakeTransport::json(['results' => $results]);
    }

    private static function event(string $id, int $noteBytes = 0): ContextEvent
    {
        $order = new Order('1001', note: str_repeat('x', $noteBytes));
        return new ContextEvent($id, ContextEventType::ORDER_UPSERTED, '2026-11-21T19:34:16.123456Z', 1, order: $order);
    }

    private static function world(): World
    {
        return new World([self::apply(...)]);
    }

    public function testTheGoldenEventsAreSentAsTheyAre(): void
    {
        $world = self::world();
        $golden = Contract::example('pushEvents.request');
        $results = $world->client->pushEvents(array_map(ContextEvent::fromArray(...), json_decode($golden, true)['events']));
        [$request] = $world->transport->requests;
        self::assertJsonStringEqualsJsonString($golden, (string) $request->body);
        self::assertSame([], Contract::problems(json_decode((string) $request->body), 'EventBatch'));
        self::assertSame('POST', $request->method);
        self::assertStringEndsWith('/v1/shops/' . World::SHOP . '/events', $request->url);
        self::assertSame('application/json', $request->headers()['Content-Type']);
        self::assertCount(count(json_decode($golden)->events), $results);
    }

    public function testEveryEventHasItsResult(): void
    {
        $world = new World([FakeTransport::json(Contract::example('pushEvents.response'))]);
        $results = $world->client->pushEvents(array_map(fn (int $n) => self::event("woo:$n"), range(1, 4)));
        self::assertSame(['applied', 'duplicate', 'stale', 'invalid'], array_map(fn ($r): string => $r->outcome, $results));
        self::assertSame('cart.lines[0].quantity', $results[3]->error?->fields[0]->path);
    }

    public function testNoEventsAreNoRequest(): void
    {
        $world = self::world();
        self::assertSame([], $world->client->pushEvents([]));
        self::assertSame([], $world->transport->requests);
    }

    public function testAHundredGoInOneRequest(): void
    {
        $world = self::world();
        $results = $world->client->pushEvents(array_map(fn (int $n) => self::event("e$n"), range(1, 201)));
        self::assertSame([100, 100, 1], array_map(
            fn (Request $r): int => count(json_decode((string) $r->body, true)['events']),
            $world->transport->requests,
        ));
        self::assertSame(array_map(fn (int $n): string => "e$n", range(1, 201)), array_map(fn ($r): string => $r->id, $results));
        self::assertCount(3, array_unique($world->sent('Idempotency-Key')));
    }

    /** @return iterable<string, array{int, int}> */
    public static function sizes(): iterable
    {
        yield 'exactly as much as fits' => [0, 1];
        yield 'a byte more' => [1, 2];
    }

    /**
     * @dataProvider sizes
     */
    public function testARequestIsFilledToTheLastByte(int $more, int $requests): void
    {
        $world = self::world();
        $empty = strlen('{"events":[' . json_encode(self::event('e1')) . ',' . json_encode(self::event('e2')) . ']}');
        $half = intdiv(self::LIMIT - $empty, 2);
        $world->client->pushEvents([self::event('e1', $half), self::event('e2', self::LIMIT - $empty - $half + $more)]);
        self::assertCount($requests, $world->transport->requests);
        if ($requests === 1) {
            self::assertSame(self::LIMIT, strlen((string) $world->transport->requests[0]->body));
        }
    }

    public function testAnEventThatFitsIntoNoRequestHoldsNothingUp(): void
    {
        $world = self::world();
        $results = $world->client->pushEvents([self::event('e1'), self::event('e2', self::LIMIT), self::event('e3')]);
        self::assertSame(['e1', 'e2', 'e3'], array_map(fn ($r): string => $r->id, $results));
        self::assertSame(['applied', 'invalid', 'applied'], array_map(fn ($r): string => $r->outcome, $results));
        self::assertSame('too_large', $results[1]->error?->code);
        foreach ($world->transport->requests as $request) {
            self::assertStringNotContainsString('"e2"', (string) $request->body);
        }
    }

    public function testManyEventsAreReadAsTheyAreSent(): void
    {
        $world = self::world();
        $made = 0;
        $all = (function () use (&$made): \Generator {
            for ($n = 1; $n <= 250; $n++) {
                $made++;
                yield self::event("e$n");
            }
        })();
        $results = $world->client->streamEvents($all);
        self::assertSame(0, $made);
        self::assertSame('e1', $results->current()->id);
        self::assertSame(101, $made);
        self::assertCount(1, $world->transport->requests);
        self::assertCount(250, iterator_to_array($results, false));
    }

    public function testResultsBeforeAFailureStand(): void
    {
        $world = new World([self::apply(...), FakeTransport::problem(401, 'invalid_token')]);
        $got = [];
        try {
            foreach ($world->client->streamEvents(array_map(fn (int $n) => self::event("e$n"), range(1, 150))) as $result) {
                $got[] = $result->id;
            }
            self::fail('succeeded');
        } catch (ApiException $e) {
            self::assertSame('invalid_token', $e->errorCode);
        }
        self::assertCount(100, $got);
    }

    public function testAKeyOfTheCallersIsKept(): void
    {
        $world = self::world();
        $events = array_map(fn (int $n) => self::event("e$n"), range(1, 150));
        $world->client->pushEvents($events, 'outbox-7');
        $world->client->pushEvents($events, 'outbox-7');
        self::assertSame(['outbox-7', 'outbox-7.2', 'outbox-7', 'outbox-7.2'], $world->sent('Idempotency-Key'));
    }

    /** @return iterable<string, array{mixed}> */
    public static function otherResults(): iterable
    {
        yield 'too few' => [['results' => []]];
        yield 'of another event' => [['results' => [['id' => 'e2', 'outcome' => 'applied']]]];
        yield 'none' => [['ok' => true]];
        yield 'of another form' => [['results' => ['applied']]];
    }

    /**
     * @dataProvider otherResults
     */
    public function testResultsThatAreNotOfTheseEventsAreRefused(mixed $answer): void
    {
        $world = new World([FakeTransport::json($answer)]);
        $this->expectException(BadAnswerException::class);
        $world->client->pushEvents([self::event('e1')]);
    }

    public function testABrokenEncodingHoldsNothingUp(): void
    {
        $world = self::world();
        $world->client->pushEvents([self::event('e1')->with(order: new Order('1', note: "caf\xe9"))]);
        self::assertStringContainsString("caf\u{fffd}", (string) $world->transport->requests[0]->body);
    }

    public function testTheFactoryMakesEvents(): void
    {
        $events = new EventFactory(new EventSource('woocommerce', '1.2.0', '10.0.2'));
        $at = new \DateTimeImmutable('2026-11-21T20:34:16.123456+01:00');
        $order = new Order('1001', updatedAt: 1795289656000, financialStatus: FinancialStatus::PAID, totals: new Totals(
            total: Money::parse('54.70', 'EUR'),
        ), lines: [new Line('Mug', 2)]);
        $made = [
            $events->snapshot($order, $at, hint: 'order.paid'),
            $events->patch(new Order('1001', note: 'x'), $at, version: 7, clear: ['totals.discount']),
            $events->snapshot(new Shipment('f-1', orderExternalId: '1001'), $at),
            $events->snapshot(new Cart('c-1'), $at, id: 'mine'),
            $events->snapshot(new Customer('cust-77'), $at, backfill: true),
            $events->snapshot(new Product('2001'), $at),
            $events->deleted(ContextEventType::PRODUCT_DELETED, '1999', $at),
        ];
        foreach ($made as $event) {
            self::assertSame([], Contract::problems(json_decode(json_encode($event)), 'ContextEvent'));
            self::assertSame('2026-11-21T19:34:16.123456Z', $event->occurredAt);
        }
        self::assertSame([1795289656000, 7, 1795289656123], [$made[0]->version, $made[1]->version, $made[2]->version]);
        self::assertSame(['snapshot', 'patch', 'snapshot'], [$made[0]->mode, $made[1]->mode, $made[2]->mode]);
        self::assertSame(['mine', true, '1999'], [$made[3]->id, $made[4]->backfill, $made[6]->externalId]);
        self::assertStringNotContainsString('backfill', (string) json_encode($made[0]));
    }

    public function testAnOrderThatWasReadCanBePushed(): void
    {
        $order = Order::fromArray(json_decode(Contract::example('getOrder.response'), true));
        self::assertNotNull($order->shipments);
        $event = (new EventFactory(new EventSource('x')))->snapshot($order, new \DateTimeImmutable());
        self::assertNull($event->order?->shipments);
    }

    public function testTheSameChangeHasTheSameId(): void
    {
        $events = new EventFactory(new EventSource('woocommerce'));
        $at = new \DateTimeImmutable('2026-11-21T19:34:16.123456Z');
        $id = fn (string $note, \DateTimeImmutable $at): string => $events->snapshot(new Order('1', note: $note), $at, 1)->id;
        self::assertSame($id('a', $at), $id('a', $at->setTimezone(new \DateTimeZone('Asia/Tokyo'))));
        self::assertNotSame($id('a', $at), $id('b', $at));
        self::assertNotSame($id('a', $at), $id('a', $at->modify('+1 microsecond')));
        self::assertNotSame($id('a', $at), $events->patch(new Order('1', note: 'a'), $at, 1)->id);
        self::assertLessThanOrEqual(200, strlen($id('a', $at)));
    }

    public function testOnlyDeletionsDelete(): void
    {
        $this->expectException(ConfigurationException::class);
        (new EventFactory(new EventSource('x')))->deleted(ContextEventType::SHIPMENT_UPSERTED, '1', new \DateTimeImmutable());
    }

    public function testTheOutcomesAreTheContracts(): void
    {
        self::assertSame(['applied', 'duplicate', 'stale', 'invalid'], [
            EventOutcome::APPLIED, EventOutcome::DUPLICATE, EventOutcome::STALE, EventOutcome::INVALID,
        ]);
    }
}
