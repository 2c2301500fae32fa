<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** 401: the key is unknown or revoked, or of another kind. */
final class AuthenticationException extends ApiException
{
}
