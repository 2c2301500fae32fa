<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Money;

/** Amounts of one currency, from WooCommerce's decimals. Its "number of decimals" is a matter of display and plays no part here. */
final class Purse
{
    /** Digits that are looked at where WooCommerce calculates in floats (its cart): its own precision. */
    private const PRECISION = 6;

    public function __construct(public readonly string $currency)
    {
    }

    /** "29.30"; null for what is empty. */
    public function money(mixed $decimal): ?Money
    {
        if (is_float($decimal)) {
            $decimal = number_format($decimal, self::PRECISION, '.', '');
        }
        $text = is_string($decimal) || is_int($decimal) ? trim((string) $decimal) : '';
        return $text === '' || $this->currency === '' ? null : Money::parse($text, $this->currency);
    }

    /** "4350" with 2 digits is 43.50: the Store API's amounts have as many digits as the shop shows, not as the currency has. */
    public function shown(mixed $digits, int $decimals): ?Money
    {
        if (!is_string($digits) || preg_match('/^(-?)(\d{1,18})$/D', $digits, $m) !== 1 || $decimals < 0 || $decimals > 9) {
            return null;
        }
        $padded = str_pad($m[2], $decimals + 1, '0', STR_PAD_LEFT);
        $whole = substr($padded, 0, strlen($padded) - $decimals);
        return $this->money($m[1] . $whole . ($decimals === 0 ? '' : '.' . substr($padded, -$decimals)));
    }

    /** What one of $quantity costs, rounded half up where it does not come out even. */
    public function each(?Money $all, int $quantity): ?Money
    {
        if ($all === null || $quantity === 0) {
            return null;
        }
        $sign = $all->amount < 0 ? -1 : 1;
        $amount = abs($all->amount);
        return new Money($sign * intdiv(2 * $amount + $quantity, 2 * $quantity), $this->currency);
    }

    /** @param list<?Money> $all */
    public function sum(array $all): Money
    {
        return Money::sum($this->currency, ...array_filter($all));
    }
}
