<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Exception\MoneyException;
use Tagalong\Money;

final class MoneyTest extends TestCase
{
    /** @return iterable<string, array{string, string, int}> */
    public static function amounts(): iterable
    {
        yield 'two digits' => ['49.90', 'EUR', 4990];
        yield 'no point' => ['49', 'EUR', 4900];
        yield 'one digit' => ['0.5', 'USD', 50];
        yield 'no whole part' => ['.29', 'USD', 29];
        yield 'what a float would get wrong' => ['1.15', 'EUR', 115];
        yield 'the lower case of a platform' => ['1.00', 'eur', 100];
        yield 'yen have none' => ['1500', 'JPY', 1500];
        yield 'yen of a careless platform' => ['1500.00', 'JPY', 1500];
        yield 'half a yen rounds up' => ['0.5', 'JPY', 1];
        yield 'dinars have three' => ['1.234', 'KWD', 1234];
        yield 'dinars of a careless platform' => ['1.2', 'KWD', 1200];
        yield 'four digits' => ['1.2345', 'CLF', 12345];
        yield 'half rounds up' => ['0.005', 'EUR', 1];
        yield 'less than half does not' => ['0.00499999', 'EUR', 0];
        yield 'rounding carries' => ['0.995', 'EUR', 100];
        yield 'negative halves round away from zero' => ['-0.005', 'EUR', -1];
        yield 'negative' => ['-12.34', 'EUR', -1234];
        yield 'less than nothing that rounds to nothing' => ['-0.001', 'EUR', 0];
        yield 'six digits, as WooCommerce gives' => ['24.369748', 'EUR', 2437];
        yield 'leading zeros' => ['0000000000000000000007.50', 'EUR', 750];
        yield 'nothing' => ['0', 'EUR', 0];
        yield 'the largest' => ['90071992547409.91', 'EUR', Money::MAX];
    }

    /**
     * @dataProvider amounts
     */
    public function testADecimalBecomesMinorUnits(string $decimal, string $currency, int $amount): void
    {
        $money = Money::parse($decimal, $currency);
        self::assertSame($amount, $money->amount);
        self::assertSame(strtoupper($currency), $money->currency);
        self::assertTrue(Money::parse($money->format(), $currency)->equals($money));
    }

    public function testWhatIsNoDecimalIsRefused(): void
    {
        $bad = [
            '', '-', '.', '1.', '1,50', '1 000', '1e3', 'NaN', '0x10', '+1', '--1', '1.2.3', ' 1', "1\n", '١', '-.', '1.-5',
            '90071992547409.92', '90071992547409.915',
            '92233720368547758.07', '92233720368547758.075', '99999999999999999999.999', '99999999999999999999',
        ];
        foreach ($bad as $decimal) {
            $this->refused(fn (): Money => Money::parse($decimal, 'EUR'), $decimal);
        }
        foreach (['', 'EU', 'EURO', 'E1R', '€', "EUR\n"] as $currency) {
            $this->refused(fn (): Money => Money::parse('1', $currency), $currency);
        }
    }

    /** @return iterable<array{string, string}> */
    public static function texts(): iterable
    {
        yield from [
            ['49.90', 'EUR'], ['0.05', 'EUR'], ['0.00', 'EUR'], ['-0.05', 'EUR'], ['-12.34', 'EUR'], ['1500', 'JPY'], ['0', 'JPY'],
            ['-3', 'JPY'], ['1.234', 'KWD'], ['0.001', 'KWD'], ['-0.0001', 'CLF'],
        ];
    }

    /**
     * @dataProvider texts
     */
    public function testFormattingIsTheInverse(string $decimal, string $currency): void
    {
        self::assertSame($decimal, Money::parse($decimal, $currency)->format());
    }

    public function testItCalculates(): void
    {
        $price = Money::parse('24.90', 'EUR');
        self::assertSame('49.80', $price->times(2)->format());
        self::assertSame('54.70', $price->times(2)->plus(Money::parse('4.90', 'EUR'))->format());
        self::assertSame('-0.10', $price->minus(new Money(2500, 'EUR'))->format());
        self::assertSame('25.19', Money::sum('EUR', $price, Money::parse('.29', 'EUR'))->format());
        self::assertSame(0, Money::sum('JPY')->amount);
        self::assertSame(-1, $price->compare(new Money(2491, 'EUR')));
        self::assertFalse($price->equals(new Money(2490, 'USD')));
    }

    public function testItRefusesWhatDoesNotAddUp(): void
    {
        $most = new Money(Money::MAX, 'EUR');
        $this->refused(fn (): Money => $most->plus(new Money(1, 'EUR')), 'a sum beyond the largest');
        $this->refused(fn (): Money => $most->negated()->minus(new Money(1, 'EUR')), 'a difference beyond the smallest');
        $this->refused(fn (): Money => $most->times(2), 'a product beyond the largest');
        $this->refused(fn (): Money => $most->times(PHP_INT_MAX), 'a product beyond an integer');
        $this->refused(fn (): Money => $most->plus(new Money(1, 'USD')), 'two currencies');
        $this->refused(fn (): int => $most->compare(new Money(1, 'USD')), 'two currencies compared');
        $this->refused(fn (): Money => new Money(Money::MAX + 1, 'EUR'), 'beyond the largest');
    }

    public function testAnyDecimalComesBack(): void
    {
        mt_srand(7);
        for ($i = 0; $i < 2000; $i++) {
            $amount = mt_rand(-10 ** 9, 10 ** 9);
            $currency = ['EUR', 'JPY', 'KWD', 'CLF'][$i % 4];
            self::assertSame($amount, Money::parse((new Money($amount, $currency))->format(), $currency)->amount);
        }
    }

    private function refused(callable $do, string $what): void
    {
        try {
            $do();
        } catch (MoneyException $e) {
            // What was given may be anything: it is not repeated in a message.
            self::assertStringNotContainsString('99999', $e->getMessage());
            return;
        }
        self::fail("taken: $what");
    }
}
