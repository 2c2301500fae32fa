<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\MoneyException;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * An amount in minor units of its currency: cents, yen, fils. It does not change, and it never goes through a float: 0.29 has no
 * exact one.
 *
 *     $price = Money::parse($item->get_total(), 'EUR');   // "24.90" → 2490
 *     $sum = $price->times(2)->plus(Money::parse('4.90', 'EUR'));
 *     echo $sum->format();                                 // "54.70"
 */
final class Money extends Model
{
    /** The largest amount: the largest integer that JSON carries exactly everywhere. */
    public const MAX = 9007199254740991;

    /** Digits after the point of the currencies whose number is not 2 (ISO 4217, table A.1). */
    private const EXPONENTS = [
        'BIF' => 0, 'CLP' => 0, 'DJF' => 0, 'GNF' => 0, 'ISK' => 0, 'JPY' => 0, 'KMF' => 0, 'KRW' => 0, 'PYG' => 0, 'RWF' => 0,
        'UGX' => 0, 'UYI' => 0, 'VND' => 0, 'VUV' => 0, 'XAF' => 0, 'XOF' => 0, 'XPF' => 0,
        'BHD' => 3, 'IQD' => 3, 'JOD' => 3, 'KWD' => 3, 'LYD' => 3, 'OMR' => 3, 'TND' => 3,
        'CLF' => 4, 'UYW' => 4,
    ];

    public readonly string $currency;

    /**
     * @param int    $amount   minor units; negative only where something was overpaid or taken off
     * @param string $currency ISO 4217 code; lower case is taken too
     *
     * @throws MoneyException for an amount beyond ±MAX, or no currency
     */
    public function __construct(public readonly int $amount, string $currency)
    {
        $this->currency = strtoupper($currency);
        if (preg_match('/^[A-Z]{3}$/D', $this->currency) !== 1) {
            throw new MoneyException('not a currency: three letters are needed');
        }
        if ($amount > self::MAX || $amount < -self::MAX) {
            throw new MoneyException('the amount is too large');
        }
    }

    /**
     * From a storefront's decimal, as in "49.90". Digits beyond the currency's own are rounded half up (away from zero).
     *
     * @throws MoneyException for anything but digits with at most one point and a leading minus
     */
    public static function parse(string $decimal, string $currency): self
    {
        if (preg_match('/^(-?)(?:([0-9]+)(?:\.([0-9]+))?|\.([0-9]+))$/D', $decimal, $m) !== 1) {
            throw new MoneyException('not a decimal amount');
        }
        $exponent = self::exponent($currency);
        $fraction = ($m[3] ?? '') . ($m[4] ?? '');
        $roundUp = ($fraction[$exponent] ?? '0') >= '5';
        $digits = ltrim($m[2] . substr(str_pad($fraction, $exponent, '0'), 0, $exponent), '0');
        if (strlen($digits) > 16) {
            throw new MoneyException('the amount is too large');
        }
        $amount = (int) $digits + ($roundUp ? 1 : 0);
        return new self($m[1] === '-' ? -$amount : $amount, $currency);
    }

    /** Nothing, in this currency. */
    public static function zero(string $currency): self
    {
        return new self(0, $currency);
    }

    /** How many digits after the point the currency has: 2 for most, 0 for JPY, 3 for KWD. */
    public static function exponent(string $currency): int
    {
        return self::EXPONENTS[strtoupper($currency)] ?? 2;
    }

    /** "49.90", with as many digits as the currency has, for logs and requests to a storefront. Not for people: they have locales. */
    public function format(): string
    {
        $exponent = self::exponent($this->currency);
        $digits = str_pad((string) abs($this->amount), $exponent + 1, '0', STR_PAD_LEFT);
        $sign = $this->amount < 0 ? '-' : '';
        return $exponent === 0 ? $sign . $digits : $sign . substr($digits, 0, -$exponent) . '.' . substr($digits, -$exponent);
    }

    /** @throws MoneyException in another currency, or where the sum is too large */
    public function plus(self $other): self
    {
        $this->mustBeIn($other->currency);
        return new self($this->amount + $other->amount, $this->currency);
    }

    /** @throws MoneyException in another currency, or where the difference is too large */
    public function minus(self $other): self
    {
        return $this->plus($other->negated());
    }

    public function negated(): self
    {
        return new self(-$this->amount, $this->currency);
    }

    /** @throws MoneyException where the product is too large */
    public function times(int $quantity): self
    {
        $product = $this->amount * $quantity;
        if (!is_int($product)) { // PHP makes a float of what does not fit
            throw new MoneyException('the amount is too large');
        }
        return new self($product, $this->currency);
    }

    /** @throws MoneyException where one is in another currency, or the sum is too large */
    public static function sum(string $currency, self ...$all): self
    {
        return array_reduce($all, static fn (self $sum, self $one): self => $sum->plus($one), self::zero($currency));
    }

    /**
     * Below, at or above 0, like the spaceship operator.
     *
     * @throws MoneyException in another currency
     */
    public function compare(self $other): int
    {
        $this->mustBeIn($other->currency);
        return $this->amount <=> $other->amount;
    }

    public function equals(self $other): bool
    {
        return $this->amount === $other->amount && $this->currency === $other->currency;
    }

    /**
     * @param array<mixed> $data
     *
     * @throws \Tagalong\Exception\TagalongException where a field is missing, of another type or out of range
     */
    public static function fromArray(array $data): self
    {
        $in = new Reader($data, 'Money');
        return new self($in->int('amount'), $in->string('currency'));
    }

    public function jsonSerialize(): object
    {
        return Json::object(['amount' => $this->amount, 'currency' => $this->currency]);
    }

    private function mustBeIn(string $currency): void
    {
        if ($currency !== $this->currency) {
            throw new MoneyException("$currency does not count in $this->currency");
        }
    }
}
