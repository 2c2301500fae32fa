<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** JSON that is not what the contract says. */
final class MalformedException extends \UnexpectedValueException implements TagalongException
{
}
