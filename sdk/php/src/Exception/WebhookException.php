<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** A webhook is not to be trusted. Answer 400 or 401, and nothing that helps whoever sent it. */
final class WebhookException extends \RuntimeException implements TagalongException
{
    public const TOO_LARGE = 'too_large';
    public const MISSING_HEADER = 'missing_header';
    public const BAD_TIMESTAMP = 'bad_timestamp';
    public const TOO_OLD = 'too_old';
    public const TOO_NEW = 'too_new';
    public const NO_MATCH = 'no_match';
    public const BAD_BODY = 'bad_body';

    /** @param self::* $reason */
    public function __construct(public readonly string $reason, ?\Throwable $previous = null)
    {
        parent::__construct("tagalong: the webhook is not to be trusted: $reason", 0, $previous);
    }
}
