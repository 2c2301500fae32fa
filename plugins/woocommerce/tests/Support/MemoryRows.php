<?php

declare(strict_types=1);

namespace TagalongChat\Tests\Support;

use TagalongChat\Outbox\Row;
use TagalongChat\Outbox\Rows;

/** An outbox without a database. It passes the same tests as the table. */
final class MemoryRows implements Rows
{
    /** @var array<string, array{row: Row, due: int, state: string, claimed: int, error: string}> */
    private array $all = [];

    /** @var array<string, string> */
    private array $notes = [];

    public function put(Row $row, int $due, int $now): void
    {
        $old = $this->all[self::key($row)] ?? null;
        $waits = $old !== null && $old['state'] === 'pending' && $old['row']->attempts === 0 && $old['claimed'] === 0;
        $this->set($row, 0, $now, '', $waits ? min($due, $old['due']) : $due);
    }

    public function claim(int $now, int $until, int $limit): array
    {
        $isDue = static fn (array $one): bool => $one['state'] === 'pending' && max($one['due'], $one['claimed']) <= $now;
        $due = array_filter($this->all, $isDue);
        uasort($due, static fn (array $a, array $b): int => $a['due'] <=> $b['due']);
        $taken = array_slice($due, 0, $limit);
        foreach (array_keys($taken) as $key) {
            $this->all[$key]['claimed'] = $until;
        }
        return array_values(array_column($taken, 'row'));
    }

    public function done(Row $row): void
    {
        if ($this->isSame($row)) {
            unset($this->all[self::key($row)]);
        }
    }

    public function retry(Row $row, int $due, string $error): void
    {
        if ($this->isSame($row)) {
            $this->set($row, $row->attempts + 1, $row->firstAt, $error, $due);
        }
    }

    public function kill(Row $row, string $error): void
    {
        if ($this->isSame($row)) {
            $this->set($row, $row->attempts, $row->firstAt, $error, 0);
            $this->all[self::key($row)]['state'] = 'dead';
        }
    }

    public function nextDue(): ?int
    {
        $pending = array_filter($this->all, static fn (array $one): bool => $one['state'] === 'pending');
        return $pending === [] ? null : min(array_map(static fn (array $one): int => max($one['due'], $one['claimed']), $pending));
    }

    public function revive(int $now): int
    {
        $dead = array_filter($this->all, static fn (array $one): bool => $one['state'] === 'dead');
        foreach ($dead as $one) {
            $this->set($one['row'], 0, $now, '', $now);
        }
        return count($dead);
    }

    public function forget(int $before): void
    {
        $this->all = array_filter($this->all, static fn (array $one): bool => $one['state'] !== 'dead' || $one['row']->firstAt >= $before);
    }

    public function counts(): array
    {
        $of = fn (string $state): array => array_filter($this->all, static fn (array $one): bool => $one['state'] === $state);
        $since = array_map(static fn (array $one): int => $one['row']->firstAt, $of('pending'));
        return [
            'pending' => count($of('pending')), 'dead' => count($of('dead')), 'oldest' => $since === [] ? null : min($since),
            'error' => (string) max(['', ...array_column($of('dead'), 'error')]),
        ];
    }

    public function remember(string $kind, string $externalId, ?string $note): void
    {
        $this->notes["$kind $externalId"] = $note;
        $this->notes = array_filter($this->notes, 'is_string');
    }

    public function remembered(string $kind, string $externalId): ?string
    {
        return $this->notes["$kind $externalId"] ?? null;
    }

    public function clear(): void
    {
        $this->all = $this->notes = [];
    }

    private function set(Row $row, int $attempts, int $firstAt, string $error, int $due): void
    {
        $row = new Row($row->kind, $row->externalId, $row->deleted, $row->eventId, $row->at, $row->payload, $attempts, $firstAt, $error);
        $this->all[self::key($row)] = ['row' => $row, 'due' => $due, 'state' => 'pending', 'claimed' => 0, 'error' => $error];
    }

    private function isSame(Row $row): bool
    {
        return ($this->all[self::key($row)]['row']->eventId ?? null) === $row->eventId;
    }

    private static function key(Row $row): string
    {
        return "$row->kind $row->externalId";
    }
}
