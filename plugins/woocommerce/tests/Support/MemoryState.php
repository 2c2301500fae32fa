<?php

declare(strict_types=1);

namespace TagalongChat\Tests\Support;

use TagalongChat\Outbox\State;

final class MemoryState implements State
{
    /** @var array{failures: int, until: int, stopped: string, error: string, last: int} */
    public array $now = ['failures' => 0, 'until' => 0, 'stopped' => '', 'error' => '', 'last' => 0];

    public function read(): array
    {
        return $this->now;
    }

    public function write(array $state): void
    {
        $this->now = $state;
    }
}
