<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** Everything that this SDK throws. */
interface TagalongException extends \Throwable
{
}
