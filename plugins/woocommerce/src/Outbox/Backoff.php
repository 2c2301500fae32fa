<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

/** How long to wait after a failure, and when to give up. Pure. */
final class Backoff
{
    public const FIRST = 30;
    public const LONGEST = 6 * 3600;
    public const LIFETIME = 24 * 3600;

    /**
     * Seconds after the n-th failure in a row: 30, 60, 120 … at most six hours, and never less than the server asked for.
     */
    public static function delay(int $failures, ?float $retryAfter = null): int
    {
        $ours = min(self::LONGEST, self::FIRST * 2 ** max(0, min(20, $failures - 1)));
        return min(self::LONGEST, max($ours, (int) ceil($retryAfter ?? 0)));
    }

    public static function isOver(int $firstAt, int $now): bool
    {
        return $now - $firstAt >= self::LIFETIME;
    }
}
