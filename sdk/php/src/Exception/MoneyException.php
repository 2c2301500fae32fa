<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** Not an amount, not a currency, two currencies, or too much. */
final class MoneyException extends \InvalidArgumentException implements TagalongException
{
}
