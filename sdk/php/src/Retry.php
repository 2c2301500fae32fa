<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\RequestException;

/** A try that failed and will be repeated, as {@see Options::$onRetry} is told. */
final class Retry
{
    /**
     * @param string           $method of the request
     * @param int              $try    which try failed, from 1
     * @param float            $delay  seconds until the next
     * @param RequestException $error  why; safe to log
     */
    public function __construct(
        public readonly string $method,
        public readonly int $try,
        public readonly float $delay,
        public readonly RequestException $error,
    ) {
    }
}
