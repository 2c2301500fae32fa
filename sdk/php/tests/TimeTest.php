<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Time;

final class TimeTest extends TestCase
{
    /** @return iterable<string, array{string, int, string}> */
    public static function times(): iterable
    {
        yield 'in UTC' => ['2026-11-21T19:34:16.123456Z', 1795289656123, '2026-11-21T19:34:16.123456Z'];
        yield 'elsewhere' => ['2026-11-21T20:34:16.123456+01:00', 1795289656123, '2026-11-21T19:34:16.123456Z'];
        yield 'whole seconds' => ['2026-11-21T19:34:16Z', 1795289656000, '2026-11-21T19:34:16.000000Z'];
        yield 'before 1970' => ['1969-12-31T23:59:59.250Z', -750, '1969-12-31T23:59:59.250000Z'];
    }

    /**
     * @dataProvider times
     */
    public function testATimeIsWrittenInBothWays(string $text, int $millis, string $rfc3339): void
    {
        foreach ([new \DateTimeImmutable($text), new \DateTime($text)] as $time) {
            self::assertSame($millis, Time::millis($time));
            self::assertSame($rfc3339, Time::rfc3339($time));
        }
        self::assertSame($millis, Time::millis(Time::fromMillis($millis)));
    }
}
