<?php

/** As much of WordPress's database class as the outbox uses. The real one runs in tests/site. */

declare(strict_types=1);

const ARRAY_A = 'ARRAY_A';

class wpdb
{
    public string $prefix = 'wp_';

    public function __construct(private readonly mysqli $link)
    {
        if (!defined('ABSPATH')) {
            define('ABSPATH', __DIR__ . '/wordpress/');
        }
    }

    public function prepare(string $sql, mixed ...$values): string
    {
        $i = 0;
        return (string) preg_replace_callback('/%[sd]/', function (array $m) use (&$i, $values): string {
            $value = $values[$i++];
            return $m[0] === '%d' ? (string) (int) $value : "'" . $this->link->real_escape_string((string) $value) . "'";
        }, $sql);
    }

    public function query(string $sql): int|bool
    {
        return $this->link->query($sql) === true ? (int) $this->link->affected_rows : true;
    }

    /** @return list<array<string, ?string>> */
    public function get_results(string $sql, string $form): array
    {
        return $this->link->query($sql)->fetch_all(MYSQLI_ASSOC);
    }

    public function get_charset_collate(): string
    {
        return 'DEFAULT CHARACTER SET utf8mb4';
    }
}

function dbDelta(string $sql): void
{
    $GLOBALS['delta_db']->query($sql);
}
