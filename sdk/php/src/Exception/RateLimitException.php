<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** 429: too fast; see $retryAfter. */
final class RateLimitException extends ApiException
{
}
