<?php

declare(strict_types=1);

namespace Tagalong\Http;

use Tagalong\Exception\TagalongException;

/** There was no whole answer. Messages say what failed, not what was sent. */
final class TransportException extends \RuntimeException implements TagalongException
{
    /** No connection, or it broke. */
    public const CONNECTION = 'no_answer';
    /** The time was up. */
    public const TIMEOUT = 'timeout';
    /** The certificate does not hold. Trying again will not help. */
    public const INSECURE = 'insecure';
    /** More than the request allows. Trying again will not help. */
    public const TOO_LARGE = 'answer_too_large';

    /** @param self::* $reason */
    public function __construct(public readonly string $reason, string $message, ?\Throwable $previous = null)
    {
        parent::__construct($message, 0, $previous);
    }
}
