<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** 403: the key lacks the scope. */
final class PermissionException extends ApiException
{
}
