<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** The server answered, and not with success. A status with a class of its own throws that one. */
class ApiException extends RequestException
{
}
