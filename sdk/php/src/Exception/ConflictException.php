<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** 409: the state does not allow it; the code says why. */
final class ConflictException extends ApiException
{
}
