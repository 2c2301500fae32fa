<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

/** How the sending goes, for all rows together: a server that is down is down for all of them. */
interface State
{
    /** @return array{failures: int, until: int, stopped: string, error: string, last: int} */
    public function read(): array;

    /** @param array{failures: int, until: int, stopped: string, error: string, last: int} $state */
    public function write(array $state): void;
}
