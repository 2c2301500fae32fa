<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** 5xx: not now, or the server's fault. */
final class ServerException extends ApiException
{
}
