<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/**
 * There was no answer: `no_answer` (no connection, or it broke), `timeout` (a try took too long), `deadline` (all tries together),
 * `insecure` (the server's certificate does not hold). Whether the server has done what was asked is unknown.
 */
final class NoAnswerException extends RequestException
{
    public function isTemporary(): bool
    {
        return $this->errorCode !== 'insecure';
    }
}
