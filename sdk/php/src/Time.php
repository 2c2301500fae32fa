<?php

declare(strict_types=1);

namespace Tagalong;

/** Times as the contract writes them. */
final class Time
{
    /** UTC milliseconds, as of every `…_at` field; also an event's version, from the platform's "updated at". */
    public static function millis(\DateTimeInterface $time): int
    {
        return (int) $time->format('U') * 1000 + (int) $time->format('v');
    }

    /** RFC 3339 in UTC with microseconds, for an event's `occurred_at`; it decides between states of equal version. */
    public static function rfc3339(\DateTimeInterface $time): string
    {
        return \DateTimeImmutable::createFromInterface($time)->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.u\Z');
    }

    /** The way back from milliseconds, in UTC. */
    public static function fromMillis(int $millis): \DateTimeImmutable
    {
        $seconds = intdiv($millis, 1000) - ($millis % 1000 < 0 ? 1 : 0);
        $rest = $millis - $seconds * 1000;
        return (new \DateTimeImmutable('@' . $seconds))->modify("+$rest milliseconds");
    }
}
