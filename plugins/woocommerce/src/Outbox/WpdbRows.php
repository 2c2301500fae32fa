<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

use DateTimeImmutable;
use Tagalong\Time;

/** The outbox as a table of the site. All times are UTC seconds; occurred_at alone has microseconds. */
final class WpdbRows implements Rows
{
    public const VERSION = '1';

    private const LIMIT_ERROR = 190;

    public function __construct(private readonly \wpdb $db)
    {
    }

    public function table(): string
    {
        return $this->db->prefix . 'tagalong_chat_outbox';
    }

    /** Makes the table, or changes it to its newest form. */
    public function install(): void
    {
        require_once ABSPATH . 'wp-admin/includes/upgrade.php';
        // dbDelta wants two spaces after PRIMARY KEY, one field a line, and KEY rather than INDEX.
        dbDelta("CREATE TABLE {$this->table()} (
            id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
            kind varchar(20) NOT NULL,
            external_id varchar(170) NOT NULL,
            deleted tinyint(1) NOT NULL DEFAULT 0,
            event_id varchar(40) NOT NULL,
            occurred_at varchar(32) NOT NULL,
            state varchar(10) NOT NULL DEFAULT 'pending',
            attempts int(11) NOT NULL DEFAULT 0,
            first_at bigint(20) NOT NULL DEFAULT 0,
            due_at bigint(20) NOT NULL DEFAULT 0,
            claim varchar(40) NOT NULL DEFAULT '',
            claimed_until bigint(20) NOT NULL DEFAULT 0,
            payload longtext NULL,
            error varchar(190) NOT NULL DEFAULT '',
            PRIMARY KEY  (id),
            UNIQUE KEY object (kind,external_id),
            KEY due (state,due_at)
        ) {$this->db->get_charset_collate()};");
    }

    public function drop(): void
    {
        $this->db->query("DROP TABLE IF EXISTS {$this->table()}");
    }

    public function put(Row $row, int $due, int $now): void
    {
        // The assignments run from left to right: due_at looks at the old state and attempts.
        $this->run(
            "INSERT INTO {$this->table()} (kind, external_id, deleted, event_id, occurred_at, first_at, due_at, payload)
             VALUES (%s, %s, %d, %s, %s, %d, %d, %s)
             ON DUPLICATE KEY UPDATE
                due_at = IF(state = 'pending' AND attempts = 0 AND claim = '', LEAST(due_at, VALUES(due_at)), VALUES(due_at)),
                deleted = VALUES(deleted), event_id = VALUES(event_id), occurred_at = VALUES(occurred_at),
                first_at = VALUES(first_at), payload = VALUES(payload),
                state = 'pending', attempts = 0, claim = '', claimed_until = 0, error = ''",
            $row->kind,
            $row->externalId,
            (int) $row->deleted,
            $row->eventId,
            Time::rfc3339($row->at),
            $now,
            $due,
            (string) $row->payload,
        );
    }

    public function claim(int $now, int $until, int $limit): array
    {
        $claim = bin2hex(random_bytes(16));
        $taken = $this->run(
            "UPDATE {$this->table()} SET claim = %s, claimed_until = %d
             WHERE state = 'pending' AND due_at <= %d AND claimed_until <= %d ORDER BY due_at, id LIMIT %d",
            $claim,
            $until,
            $now,
            $now,
            $limit,
        );
        $sql = "SELECT * FROM {$this->table()} WHERE claim = %s ORDER BY id";
        return $taken === 0 ? [] : array_map(self::row(...), $this->read($sql, $claim));
    }

    public function done(Row $row): void
    {
        $this->run(
            "DELETE FROM {$this->table()} WHERE kind = %s AND external_id = %s AND event_id = %s",
            $row->kind,
            $row->externalId,
            $row->eventId,
        );
    }

    public function retry(Row $row, int $due, string $error): void
    {
        $this->run(
            "UPDATE {$this->table()} SET attempts = attempts + 1, due_at = %d, claim = '', claimed_until = 0, error = %s
             WHERE kind = %s AND external_id = %s AND event_id = %s",
            $due,
            mb_substr($error, 0, self::LIMIT_ERROR),
            $row->kind,
            $row->externalId,
            $row->eventId,
        );
    }

    public function kill(Row $row, string $error): void
    {
        $this->run(
            "UPDATE {$this->table()} SET state = 'dead', claim = '', claimed_until = 0, error = %s
             WHERE kind = %s AND external_id = %s AND event_id = %s",
            mb_substr($error, 0, self::LIMIT_ERROR),
            $row->kind,
            $row->externalId,
            $row->eventId,
        );
    }

    public function nextDue(): ?int
    {
        [$row] = $this->read("SELECT MIN(GREATEST(due_at, claimed_until)) AS due FROM {$this->table()} WHERE state = 'pending'");
        return $row['due'] === null ? null : (int) $row['due'];
    }

    public function revive(int $now): int
    {
        return $this->run(
            "UPDATE {$this->table()} SET state = 'pending', attempts = 0, first_at = %d, due_at = %d WHERE state = 'dead'",
            $now,
            $now,
        );
    }

    public function forget(int $before): void
    {
        $this->run("DELETE FROM {$this->table()} WHERE state = 'dead' AND first_at < %d", $before);
    }

    public function counts(): array
    {
        [$row] = $this->read(
            "SELECT SUM(state = 'pending') AS pending, SUM(state = 'dead') AS dead,
                    MIN(IF(state = 'pending', first_at, NULL)) AS oldest, MAX(IF(state = 'dead', error, '')) AS error
             FROM {$this->table()}",
        );
        return [
            'pending' => (int) $row['pending'],
            'dead' => (int) $row['dead'],
            'oldest' => $row['oldest'] === null ? null : (int) $row['oldest'],
            'error' => (string) $row['error'],
        ];
    }

    public function remember(string $kind, string $externalId, ?string $note): void
    {
        if ($note === null) {
            $this->run("DELETE FROM {$this->table()} WHERE kind = %s AND external_id = %s AND state = 'note'", $kind, $externalId);
            return;
        }
        $this->run(
            "INSERT INTO {$this->table()} (kind, external_id, event_id, occurred_at, state, payload) VALUES (%s, %s, '', '', 'note', %s)
             ON DUPLICATE KEY UPDATE payload = VALUES(payload)",
            $kind,
            $externalId,
            $note,
        );
    }

    public function remembered(string $kind, string $externalId): ?string
    {
        $sql = "SELECT payload FROM {$this->table()} WHERE kind = %s AND external_id = %s AND state = 'note'";
        return $this->read($sql, $kind, $externalId)[0]['payload'] ?? null;
    }

    public function clear(): void
    {
        $this->db->query("DELETE FROM {$this->table()}");
    }

    /** How many rows it changed. */
    private function run(string $sql, int|string ...$values): int
    {
        return (int) $this->db->query($this->db->prepare($sql, ...$values));
    }

    /** @return list<array<string, ?string>> */
    private function read(string $sql, int|string ...$values): array
    {
        return (array) $this->db->get_results($values === [] ? $sql : $this->db->prepare($sql, ...$values), ARRAY_A);
    }

    /** @param array<string, ?string> $row */
    private static function row(array $row): Row
    {
        return new Row(
            (string) $row['kind'],
            (string) $row['external_id'],
            $row['deleted'] === '1',
            (string) $row['event_id'],
            new DateTimeImmutable((string) $row['occurred_at']),
            ($row['payload'] ?? '') === '' ? null : $row['payload'],
            (int) $row['attempts'],
            (int) $row['first_at'],
            (string) $row['error'],
        );
    }
}
