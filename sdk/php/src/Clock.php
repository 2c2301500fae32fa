<?php

declare(strict_types=1);

namespace Tagalong;

/** Time as the client sees it; tests bring their own. */
interface Clock
{
    /** Seconds since 1970, for what is compared with other machines' clocks. */
    public function now(): float;

    /** Seconds since some moment, never going back, for deadlines. */
    public function elapsed(): float;

    public function sleep(float $seconds): void;
}
