<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

/**
 * What is to be sent, kept until it has been. At most one row for an object, so it is bounded by what the shop has.
 *
 * A row that is put again while it is being sent is another: the event's id tells. done(), retry() and kill() do nothing then, and
 * the newer one waits for its turn.
 */
interface Rows
{
    /**
     * Adds a row, or makes the object's row new.
     *
     * @param int $due when it may be sent; a row that waits for its first try keeps an earlier time, so that a cart which never
     *                 stands still is told of too
     */
    public function put(Row $row, int $due, int $now): void;

    /**
     * Takes rows that are due; nobody else gets them until $until.
     *
     * @return list<Row>
     */
    public function claim(int $now, int $until, int $limit): array;

    /** It has been sent. */
    public function done(Row $row): void;

    /** It has not; once more at $due. */
    public function retry(Row $row, int $due, string $error): void;

    /** It never will be, unless somebody asks for it. */
    public function kill(Row $row, string $error): void;

    /** When the next row is due, also of those that somebody has claimed and may not finish. Null: none waits. */
    public function nextDue(): ?int;

    /** Makes the dead ones wait again; how many. */
    public function revive(int $now): int;

    /** Dead ones from before this are forgotten. */
    public function forget(int $before): void;

    /** @return array{pending: int, dead: int, oldest: ?int, error: string} */
    public function counts(): array;

    /** Something small to remember of an object between two sendings. */
    public function remember(string $kind, string $externalId, ?string $note): void;

    public function remembered(string $kind, string $externalId): ?string;

    /** Nothing is left. */
    public function clear(): void;
}
