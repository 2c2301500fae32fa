<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use DateTimeImmutable;
use PHPUnit\Framework\TestCase;
use TagalongChat\Outbox\Row;
use TagalongChat\Outbox\Rows;
use TagalongChat\Outbox\WpdbRows;
use TagalongChat\Tests\Support\Database;
use TagalongChat\Tests\Support\MemoryRows;

/** What an outbox promises, held by the table and by what the other tests use in its place. */
final class RowsTest extends TestCase
{
    private const NOW = 1795289656;

    /** @return iterable<string, array{string}> */
    public function outboxes(): iterable
    {
        yield 'in memory' => ['memory'];
        yield 'as a table' => ['table'];
    }

    /** @dataProvider outboxes */
    public function testAnObjectIsOneRowHoweverOftenItChanges(string $kind): void
    {
        $rows = $this->open($kind);
        $rows->put(self::row('1', 'first'), self::NOW, self::NOW);
        $rows->put(self::row('1', 'second'), self::NOW + 5, self::NOW);
        $rows->put(self::row('1', 'cart', Row::CART), self::NOW, self::NOW);
        $taken = $rows->claim(self::NOW, self::NOW + 300, 50);
        $this->assertSame(['cart', 'second'], self::events($taken), 'the newest, at the time of the first');
    }

    /** @dataProvider outboxes */
    public function testARowIsClaimedByOneUntilItsTimeIsOver(string $kind): void
    {
        $rows = $this->open($kind);
        foreach (['1', '2', '3'] as $id) {
            $rows->put(self::row($id, "e$id"), self::NOW, self::NOW);
        }
        $this->assertCount(2, $rows->claim(self::NOW, self::NOW + 300, 2));
        $this->assertCount(1, $rows->claim(self::NOW, self::NOW + 300, 2));
        $this->assertCount(0, $rows->claim(self::NOW + 299, self::NOW + 600, 9));
        $this->assertSame(self::NOW + 300, $rows->nextDue(), 'somebody looks when the claim is over');
        $this->assertCount(3, $rows->claim(self::NOW + 300, self::NOW + 600, 9), 'who had claimed them has died');
    }

    /** @dataProvider outboxes */
    public function testWhatIsNotDueWaits(string $kind): void
    {
        $rows = $this->open($kind);
        $rows->put(self::row('1', 'e1'), self::NOW + 15, self::NOW);
        $this->assertSame([], $rows->claim(self::NOW + 14, self::NOW + 300, 9));
        $this->assertSame(self::NOW + 15, $rows->nextDue());
        $this->assertCount(1, $rows->claim(self::NOW + 15, self::NOW + 300, 9));
    }

    /** @dataProvider outboxes */
    public function testAChangeWhileTheOldStateIsSentIsNotLost(string $kind): void
    {
        foreach (['done', 'retry', 'kill'] as $what) {
            $rows = $this->open($kind);
            $rows->put(self::row('1', 'old'), self::NOW, self::NOW);
            [$old] = $rows->claim(self::NOW, self::NOW + 300, 9);
            $rows->put(self::row('1', 'new'), self::NOW + 2, self::NOW + 1);
            match ($what) {
                'done' => $rows->done($old),
                'retry' => $rows->retry($old, self::NOW + 9999, 'x'),
                'kill' => $rows->kill($old, 'x'),
            };
            $this->assertSame([], $rows->claim(self::NOW + 1, self::NOW + 300, 9), 'due at its own time');
            $this->assertSame(['new'], self::events($rows->claim(self::NOW + 2, self::NOW + 300, 9)), $what);
        }
    }

    /** @dataProvider outboxes */
    public function testEverythingOfARowComesBack(string $kind): void
    {
        $rows = $this->open($kind);
        $at = new DateTimeImmutable('2026-11-21T19:34:16.123456Z');
        $rows->put(new Row(Row::CART, 'ß’1', true, 'e1', $at, '{"a":"ß’\\"%s"}'), self::NOW, self::NOW);
        [$row] = $rows->claim(self::NOW, self::NOW + 300, 9);
        $this->assertEquals(new Row(Row::CART, 'ß’1', true, 'e1', $at, '{"a":"ß’\\"%s"}', 0, self::NOW, ''), $row);
    }

    /** @dataProvider outboxes */
    public function testFailuresAreCountedAndTheDeadComeBackWhenAsked(string $kind): void
    {
        $rows = $this->open($kind);
        $rows->put(self::row('1', 'e1'), self::NOW, self::NOW);
        [$row] = $rows->claim(self::NOW, self::NOW + 300, 9);
        $rows->retry($row, self::NOW + 30, 'down');
        [$row] = $rows->claim(self::NOW + 30, self::NOW + 300, 9);
        $this->assertSame([1, 'down', self::NOW], [$row->attempts, $row->error, $row->firstAt]);

        $rows->kill($row, 'invalid order.number: too long');
        $this->assertNull($rows->nextDue());
        $this->assertSame(
            ['pending' => 0, 'dead' => 1, 'oldest' => null, 'error' => 'invalid order.number: too long'],
            $rows->counts(),
        );
        $this->assertSame(1, $rows->revive(self::NOW + 100));
        $this->assertSame(['pending' => 1, 'dead' => 0, 'oldest' => self::NOW + 100, 'error' => ''], $rows->counts());
        $this->assertCount(1, $rows->claim(self::NOW + 100, self::NOW + 300, 9));
    }

    /** @dataProvider outboxes */
    public function testAChangeBringsADeadOneBack(string $kind): void
    {
        $rows = $this->open($kind);
        $rows->put(self::row('1', 'e1'), self::NOW, self::NOW);
        $rows->kill($rows->claim(self::NOW, self::NOW + 300, 9)[0], 'x');
        $rows->put(self::row('1', 'e2'), self::NOW + 50, self::NOW + 48);
        $this->assertSame(self::NOW + 50, $rows->nextDue());
    }

    /** @dataProvider outboxes */
    public function testTheDeadAreForgottenAfterAWhileAndNotesAreNoRows(string $kind): void
    {
        $rows = $this->open($kind);
        $rows->put(self::row('1', 'e1'), self::NOW, self::NOW);
        $rows->kill($rows->claim(self::NOW, self::NOW + 300, 9)[0], 'x');
        $rows->forget(self::NOW);
        $this->assertSame(1, $rows->counts()['dead']);
        $rows->forget(self::NOW + 1);
        $this->assertSame(0, $rows->counts()['dead']);

        $rows->remember('shipments', '1', '["1:a"]');
        $rows->remember('shipments', '1', '["1:b"]');
        $this->assertSame('["1:b"]', $rows->remembered('shipments', '1'));
        $this->assertNull($rows->nextDue());
        $rows->remember('shipments', '1', null);
        $this->assertNull($rows->remembered('shipments', '1'));
    }

    private function open(string $kind): Rows
    {
        if ($kind === 'memory') {
            return new MemoryRows();
        }
        $GLOBALS['delta_db'] = Database::connect() ?? $this->markTestSkipped('no MariaDB');
        $rows = new WpdbRows($GLOBALS['delta_db']);
        $rows->drop();
        $rows->install();
        return $rows;
    }

    private static function row(string $id, string $event, string $kind = Row::ORDER): Row
    {
        return new Row($kind, $id, false, $event, new DateTimeImmutable('2026-11-21T19:34:16.123456Z'));
    }

    /**
     * @param list<Row> $rows
     *
     * @return list<string>
     */
    private static function events(array $rows): array
    {
        $events = array_map(static fn (Row $row): string => $row->eventId, $rows);
        sort($events);
        return $events;
    }
}
