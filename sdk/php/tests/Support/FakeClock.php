<?php

declare(strict_types=1);

namespace Tagalong\Tests\Support;

use Tagalong\Clock;

/** Time that passes only when somebody sleeps, or is told to. */
final class FakeClock implements Clock
{
    /** @var list<float> */
    public array $slept = [];
    private float $elapsed = 0.0;

    public function __construct(private readonly float $start = 1795289656.0)
    {
    }

    public function now(): float
    {
        return $this->start + $this->elapsed;
    }

    public function elapsed(): float
    {
        return $this->elapsed;
    }

    public function sleep(float $seconds): void
    {
        $this->slept[] = $seconds;
        $this->elapsed += $seconds;
    }

    public function pass(float $seconds): void
    {
        $this->elapsed += $seconds;
    }
}
