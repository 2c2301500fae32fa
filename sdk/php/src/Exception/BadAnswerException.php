<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** The answer is not what the contract says (`bad_answer`), or larger than allowed (`answer_too_large`): not our server, or a bug. */
final class BadAnswerException extends RequestException
{
    public function isTemporary(): bool
    {
        return false;
    }
}
