<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use DateTimeImmutable;
use PHPUnit\Framework\TestCase;
use Tagalong\Client;
use Tagalong\Http\Request;
use Tagalong\Http\Response;
use Tagalong\Http\TransportException;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\EventSource;
use Tagalong\Options;
use Tagalong\Tests\Support\FakeClock;
use Tagalong\Tests\Support\FakeTransport;
use TagalongChat\Map\Events;
use TagalongChat\Map\Occasion;
use TagalongChat\Outbox\Backoff;
use TagalongChat\Outbox\Row;
use TagalongChat\Outbox\Sender;
use TagalongChat\Tests\Support\MemoryRows;
use TagalongChat\Tests\Support\MemoryState;

/** The outbox against a server that takes, refuses, is down, is slow, and no longer knows the key. */
final class SenderTest extends TestCase
{
    private MemoryRows $rows;
    private MemoryState $state;
    private FakeClock $clock;

    /** @var list<string> events of rows that were told to be sent */
    private array $sent = [];

    protected function setUp(): void
    {
        $this->rows = new MemoryRows();
        $this->state = new MemoryState();
        $this->clock = new FakeClock();
    }

    public function testWhatIsTakenIsGone(): void
    {
        $this->change('1', '2');
        $transport = new FakeTransport(self::all('applied'));
        $this->assertNull($this->sender($transport)->run());
        $this->assertSame(0, $this->rows->counts()['pending']);
        $this->assertSame(['e1', 'e2'], $this->sent);
        $this->assertCount(1, $transport->requests, 'one request for all');
        $this->assertSame((int) $this->clock->now(), $this->state->now['last']);
    }

    public function testDuplicateAndStaleAreAsGoodAsTaken(): void
    {
        foreach (['duplicate', 'stale'] as $outcome) {
            $this->change('1');
            $this->sender(new FakeTransport(self::all($outcome)))->run();
            $this->assertSame(0, $this->rows->counts()['pending'] + $this->rows->counts()['dead']);
        }
    }

    public function testOneBadObjectIsDeadAndHoldsUpNobody(): void
    {
        $this->change('1', '2');
        $answer = fn (Request $r): Response => self::results($r, fn (string $id): string => $id === 'woo:e1' ? 'invalid' : 'applied');
        $this->sender(new FakeTransport($answer))->run();
        $counts = $this->rows->counts();
        $this->assertSame([0, 1, 'invalid order.number: too long'], [$counts['pending'], $counts['dead'], $counts['error']]);
        $this->assertSame(['e2'], $this->sent);
    }

    public function testAnObjectThatCannotBeReadIsDeadAlone(): void
    {
        $this->change('1', 'broken');
        $this->sender(new FakeTransport(self::all('applied')))->run();
        $this->assertSame([0, 1], [$this->rows->counts()['pending'], $this->rows->counts()['dead']]);
    }

    public function testNothingToTellIsDone(): void
    {
        $this->change('nothing');
        $transport = new FakeTransport(self::all('applied'));
        $this->sender($transport)->run();
        $this->assertSame([0, []], [$this->rows->counts()['pending'], $transport->requests]);
    }

    /** @return iterable<string, array{Response|TransportException}> */
    public function troubles(): iterable
    {
        yield 'down' => [FakeTransport::problem(503, 'unavailable')];
        yield 'busy' => [FakeTransport::problem(429, 'rate_limited')];
        yield 'unreachable' => [FakeTransport::lost()];
        yield 'a proxy’s page' => [FakeTransport::json('<html>')];
    }

    /** @dataProvider troubles */
    public function testTroubleThatPassesIsWaitedFor(Response|TransportException $trouble): void
    {
        $this->change('1');
        $transport = new FakeTransport($trouble);
        $now = (int) $this->clock->now();
        $this->assertSame($now + 30, $this->sender($transport)->run());
        $tries = count($transport->requests);

        $this->change('2');
        $this->assertSame($now + 30, $this->sender($transport)->run(), 'a new change does not knock before');
        $this->assertCount($tries, $transport->requests);

        $this->clock->pass(31);
        $this->assertSame($now + 31 + 60, $this->sender($transport)->run(), 'twice as long');
        $this->clock->pass(61);
        $this->assertNull($this->sender(new FakeTransport(self::all('applied')))->run());
        $this->assertSame(['e1', 'e2'], $this->sent);
        $this->assertSame(0, $this->state->now['failures']);
    }

    public function testTheServersOwnTimeIsKept(): void
    {
        $this->change('1');
        $answer = FakeTransport::problem(503, 'draining', ['Retry-After' => '600']);
        $this->assertSame((int) $this->clock->now() + 600, $this->sender(new FakeTransport($answer))->run());
    }

    public function testTheSameEventIsSentAgain(): void
    {
        $this->change('1');
        $transport = new FakeTransport(FakeTransport::lost(), self::all('applied'));
        $this->sender($transport)->run();
        $this->clock->pass(31);
        $this->sender($transport)->run();
        [$first, $second] = $transport->requests;
        $this->assertSame((string) $first->body, (string) $second->body);
    }

    public function testAfterADayItIsGivenUp(): void
    {
        $this->change('1');
        $transport = new FakeTransport(FakeTransport::problem(503, 'unavailable'));
        for ($i = 0; $this->rows->counts()['dead'] === 0 && $i < 50; $i++) {
            $next = $this->sender($transport)->run();
            $this->clock->pass(max(0, ($next ?? 0) - $this->clock->now()) + 1);
        }
        $this->assertSame(1, $this->rows->counts()['dead']);
        // 30 s, 1 min, 2, 4 … 256 min, then every six hours.
        $this->assertLessThanOrEqual(14, count($transport->requests));
        $this->assertSame(1, $this->rows->revive((int) $this->clock->now()));
    }

    /** @return iterable<string, array{int}> */
    public function refusals(): iterable
    {
        yield 'unknown key' => [401];
        yield 'not allowed' => [403];
        yield 'no such shop' => [404];
        yield 'gone' => [410];
    }

    /** @dataProvider refusals */
    public function testAKeyThatIsNoLongerGoodStopsEverythingAndLosesNothing(int $status): void
    {
        $this->change('1', '2');
        $transport = new FakeTransport(FakeTransport::problem($status, 'invalid_token'));
        $this->assertNull($this->sender($transport)->run());
        $this->clock->pass(3600);
        $this->assertNull($this->sender($transport)->run());
        $this->assertCount(1, $transport->requests);
        $this->assertSame('invalid_token', $this->state->now['stopped']);
        $this->assertSame(2, $this->rows->counts()['pending']);

        $this->state->now['stopped'] = ''; // somebody has connected again
        $this->sender(new FakeTransport(self::all('applied')))->run();
        $this->assertSame(['e1', 'e2'], $this->sent);
    }

    public function testOneThatSpoilsTheBatchIsFound(): void
    {
        $this->change('1', '2', '3');
        $answer = static fn (Request $r): Response => str_contains((string) $r->body, 'woo:e2')
            ? FakeTransport::problem(422, 'bad_json')
            : self::results($r, static fn (): string => 'applied');
        $this->sender(new FakeTransport($answer))->run();
        $this->assertSame(['e1', 'e3'], $this->sent);
        $this->assertSame([0, 1], [$this->rows->counts()['pending'], $this->rows->counts()['dead']]);
    }

    public function testAnErasureIsAskedForUnderItsOwnName(): void
    {
        $payload = '{"reference":"r-1","orders":["16"]}';
        $row = new Row(Row::REDACT, 'order-16', false, 'e1', new DateTimeImmutable('@1795289656'), $payload);
        $this->rows->put($row, 0, 0);
        $transport = new FakeTransport(FakeTransport::json([
            'id' => 'prv_1', 'kind' => 'redact', 'state' => 'pending', 'created_at' => 1, 'due_at' => 2,
            'counts' => ['customers' => 0, 'orders' => 0, 'shipments' => 0, 'carts' => 0, 'shoppers' => 0],
        ], 202));
        $this->sender($transport)->run();
        $this->assertStringEndsWith('/privacy/redact', $transport->requests[0]->url);
        $this->assertJsonStringEqualsJsonString($payload, (string) $transport->requests[0]->body);
        $this->assertSame(0, $this->rows->counts()['pending']);
    }

    public function testTheDelaysGrowToSixHours(): void
    {
        $delays = array_map(static fn (int $n): int => Backoff::delay($n), [1, 2, 3, 9, 10, 11, 99]);
        $this->assertSame([30, 60, 120, 7680, 15360, 21600, 21600], $delays);
        $this->assertSame(45, Backoff::delay(1, 44.2));
        $this->assertSame(21600, Backoff::delay(1, 1e9), 'nobody may silence a shop for ever');
        $this->assertTrue(Backoff::isOver(0, 86400));
        $this->assertFalse(Backoff::isOver(0, 86399));
    }

    private function change(string ...$ids): void
    {
        foreach ($ids as $id) {
            $now = (int) $this->clock->now();
            $this->rows->put(new Row(Row::ORDER, $id, false, "e$id", new DateTimeImmutable("@$now")), $now, $now);
        }
    }

    private function sender(FakeTransport $transport): Sender
    {
        $options = new Options(retries: 0, transport: $transport, clock: $this->clock);
        return new Sender(
            $this->rows,
            $this->state,
            new Client('https://chat.example.com', 'shop_' . str_repeat('a', 26), 'tgk_key', $options),
            $this->clock,
            self::events(...),
            fn (Row $row) => $this->sent[] = $row->eventId,
        );
    }

    /** @return list<ContextEvent> */
    private static function events(Row $row): array
    {
        return match ($row->externalId) {
            'nothing' => [],
            'broken' => throw new \TypeError('a plugin gave an array for a name'),
            default => (new Events(new EventSource('woocommerce')))->order(
                ['id' => $row->externalId, 'status' => 'processing', 'currency' => 'EUR', 'date_modified_gmt' => '2026-11-21T19:34:16'],
                new Occasion("woo:$row->eventId", $row->at),
            ),
        };
    }

    private static function all(string $outcome): \Closure
    {
        return static fn (Request $r): Response => self::results($r, static fn (): string => $outcome);
    }

    private static function results(Request $request, callable $outcome): Response
    {
        $results = [];
        foreach (json_decode((string) $request->body)->events as $event) {
            $field = ['path' => 'order.number', 'message' => 'too long'];
            $error = ['code' => 'invalid', 'message' => 'Not like this.', 'fields' => [$field]];
            $is = $outcome($event->id);
            $results[] = ['id' => $event->id, 'outcome' => $is] + ($is === 'invalid' ? ['error' => $error] : []);
        }
        return FakeTransport::json(['results' => $results]);
    }
}
