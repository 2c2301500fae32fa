<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use DateTimeImmutable;
use DateTimeInterface;
use DateTimeZone;
use Tagalong\Time;

/** WooCommerce's times: its REST API writes UTC without saying so, "2026-11-21T19:32:37" under date_…_gmt. */
final class Moment
{
    public static function of(mixed $value): ?DateTimeImmutable
    {
        if ($value instanceof DateTimeInterface) {
            return DateTimeImmutable::createFromInterface($value);
        }
        if (!is_string($value) || preg_match('/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?$/D', $value) !== 1) {
            return null;
        }
        try {
            $time = new DateTimeImmutable($value, new DateTimeZone('UTC'));
        } catch (\Exception) {
            return null;
        }
        return $time->getTimestamp() > 0 ? $time : null;
    }

    public static function millis(mixed $value): ?int
    {
        $time = self::of($value);
        return $time === null ? null : Time::millis($time);
    }

    /** As REST writes it, for what is read from objects. */
    public static function rest(?DateTimeInterface $time): ?string
    {
        return $time === null ? null : gmdate('Y-m-d\TH:i:s', $time->getTimestamp());
    }
}
