<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use DateTimeImmutable;
use PHPUnit\Framework\TestCase;
use Tagalong\Exception\MoneyException;
use Tagalong\Model\EventSource;
use Tagalong\Money;
use TagalongChat\Map\Carriers;
use TagalongChat\Map\Events;
use TagalongChat\Map\Fields;
use TagalongChat\Map\Link;
use TagalongChat\Map\Moment;
use TagalongChat\Map\Occasion;
use TagalongChat\Map\OrderMap;
use TagalongChat\Map\Phone;
use TagalongChat\Map\Purse;
use TagalongChat\Map\Shopper;
use TagalongChat\Map\Statuses;
use TagalongChat\Outbox\Ulid;
use TagalongChat\Read\Recovery;

/** The small rules of the map, and what it does with payloads that are strange. */
final class MapTest extends TestCase
{
    /** @return iterable<string, array{?string, ?string, ?string}> */
    public function phones(): iterable
    {
        yield 'with its code' => ['+49 30 1234567', 'DE', '+49301234567'];
        yield 'with its code, of another country' => ['+1 (415) 555-0123', 'DE', '+14155550123'];
        yield 'a zero that is not dialled' => ['+49 (0)171 1234567', null, '+491711234567'];
        yield 'a mobile number at home' => ['0171/123 45 67', 'DE', '+491711234567'];
        yield 'a landline at home is not guessed' => ['030 1234567', 'DE', null];
        yield 'a country that is not in the list' => ['0171 1234567', 'XX', null];
        yield 'no country' => ['0171 1234567', null, null];
        yield 'Spain has no zero' => ['612 345 678', 'ES', '+34612345678'];
        yield 'ten digits of America' => ['(415) 555-0123', 'US', '+14155550123'];
        yield 'an area that is none' => ['(115) 555-0123', 'US', null];
        yield 'too short' => ['+49 12', 'DE', null];
        yield 'too long' => ['+4930123456789012', 'DE', null];
        yield 'no number' => ['call me', 'DE', null];
        yield 'two numbers' => ['+4930123456 / 0171 1234567', 'DE', null];
        yield 'none' => [null, 'DE', null];
    }

    /** @dataProvider phones */
    public function testPhonesAreE164OrNone(?string $typed, ?string $country, ?string $expected): void
    {
        $this->assertSame($expected, Phone::e164($typed, $country));
    }

    public function testMoneyIsCountedInStrings(): void
    {
        $eur = new Purse('EUR');
        $this->assertSame(29, $eur->money('0.29')?->amount);
        $this->assertSame(29, $eur->money(0.29)?->amount, 'WooCommerce’s cart has floats');
        $this->assertSame(270, $eur->money('2.7')?->amount);
        $this->assertSame(-1000, $eur->money('-10.00')?->amount);
        $this->assertSame(1, $eur->money('0.005')?->amount, 'half up');
        $this->assertSame(5001, (new Purse('KWD'))->money('5.0005')?->amount);
        $this->assertSame(2930, (new Purse('JPY'))->money('2930.4')?->amount);
        $this->assertNull($eur->money(''));
        $this->assertNull($eur->money(null));
        $this->assertNull((new Purse(''))->money('1'));
    }

    public function testTheStoreApisDigitsAreThoseThatTheShopShows(): void
    {
        $this->assertSame(4350, (new Purse('EUR'))->shown('4350', 2)?->amount);
        $this->assertSame(4400, (new Purse('EUR'))->shown('44', 0)?->amount);
        $this->assertSame(5, (new Purse('EUR'))->shown('5', 2)?->amount);
        $this->assertSame(2930, (new Purse('JPY'))->shown('293000', 2)?->amount);
        $this->assertSame(-150, (new Purse('EUR'))->shown('-150', 2)?->amount);
        $this->assertNull((new Purse('EUR'))->shown(null, 2));
        $this->assertNull((new Purse('EUR'))->shown('1e9', 2));
    }

    public function testAThirdIsRounded(): void
    {
        $eur = new Purse('EUR');
        foreach ([1000 => 333, 2000 => 667, -1000 => -333] as $all => $one) {
            $this->assertSame($one, $eur->each(new Money($all, 'EUR'), 3)?->amount);
        }
        $this->assertNull($eur->each(new Money(1000, 'EUR'), 0));
    }

    public function testPaidIsWhatHasADateAndNoRefund(): void
    {
        $is = static fn (string $status, bool $paid, int $refunded): string =>
            Statuses::financial($status, $paid, new Money(1000, 'EUR'), new Money($refunded, 'EUR'));
        $this->assertSame('pending', $is('processing', false, 0), 'cash on delivery');
        $this->assertSame('paid', $is('completed', true, 0));
        $this->assertSame('paid', $is('cancelled', true, 0), 'cancelled, and the money is still there');
        $this->assertSame('voided', $is('cancelled', false, 0));
        $this->assertSame('partially_refunded', $is('processing', true, 1));
        $this->assertSame('refunded', $is('processing', true, 1000));
        $this->assertSame('refunded', $is('refunded', true, 0));
        $this->assertSame('failed', $is('failed', false, 0));
        $free = Statuses::financial('processing', true, new Money(0, 'EUR'), new Money(0, 'EUR'));
        $this->assertSame('paid', $free, 'nothing to refund is not refunded');
    }

    /** @return iterable<string, array{list<array<string, mixed>>, string}> */
    public function parcels(): iterable
    {
        $with = static fn (int $quantity): array => ['lines' => [['line_id' => 4, 'quantity' => $quantity]]];
        yield 'none' => [[], 'unfulfilled'];
        yield 'one that does not say what is in it' => [[['id' => 'a']], 'partial'];
        yield 'one of two' => [[['id' => 'a'] + $with(1)], 'partial'];
        yield 'both' => [[['id' => 'a'] + $with(1), ['id' => 'b'] + $with(1)], 'fulfilled'];
        yield 'one was called off' => [[['id' => 'a'] + $with(1), ['id' => 'b', 'status' => 'cancelled'] + $with(1)], 'partial'];
        yield 'a label is no parcel yet' => [[['id' => 'a', 'status' => 'label_created'] + $with(2)], 'unfulfilled'];
    }

    /**
     * @dataProvider parcels
     *
     * @param list<array<string, mixed>> $parcels
     */
    public function testParcelsSayHowFarAnOpenOrderIs(array $parcels, string $expected): void
    {
        $lines = [['id' => 4, 'name' => 'Mug', 'quantity' => 2]];
        $order = ['id' => 1, 'status' => 'processing', 'currency' => 'EUR', 'line_items' => $lines];
        $is = static fn (array $o): ?string => OrderMap::order(new Fields($o))->fulfillmentStatus;
        $this->assertSame($expected, $is($order + ['tagalong' => ['shipments' => $parcels]]));
        $this->assertSame('fulfilled', $is(['status' => 'completed'] + $order + ['tagalong' => ['shipments' => $parcels]]));
    }

    public function testCarriersHaveNamesAndPagesWhereTheyAreKnown(): void
    {
        $this->assertSame('DHL', Carriers::name('dhl-de'));
        $this->assertSame('snail-post', Carriers::name('snail-post'));
        $this->assertStringEndsWith('=0034%200', (string) Carriers::link('DHL-de', '0034 0'));
        $this->assertNull(Carriers::link('snail-post', '1'));
        $this->assertNull(Carriers::link(null, '1'));
    }

    public function testTimesAreUtcUnlessTheySayOtherwise(): void
    {
        $this->assertSame(1795289557000, Moment::millis('2026-11-21T19:32:37'));
        $this->assertSame(1795289557000, Moment::millis('2026-11-21 19:32:37'));
        $this->assertSame(1795289557000, Moment::millis('2026-11-21T20:32:37+01:00'));
        foreach ([null, '', 'tomorrow', '0000-00-00 00:00:00', '2026-13-45T00:00:00', 5, '@5'] as $none) {
            $this->assertNull(Moment::millis($none));
        }
    }

    public function testOnlyIdsOfShoppersAreShoppers(): void
    {
        $this->assertNotNull(Shopper::id('shp_' . str_repeat('a', 26)));
        foreach (['shp_1', 'shp_' . str_repeat('a', 26) . "\n", ['shp_'], null, '<script>'] as $none) {
            $this->assertNull(Shopper::id($none));
        }
    }

    public function testOnlyLinksAreLinks(): void
    {
        $this->assertSame('https://a.example/x?y', Link::of('https://a.example/x?y'));
        $this->assertNull(Link::of('javascript:alert(1)'));
        $this->assertNull(Link::of("https://a.example/\nx"));
        $this->assertSame('https://a.example/x', Link::withoutQuery('https://a.example/x?token=secret#y'));
    }

    public function testStrangePayloadsDoNotBreakTheMap(): void
    {
        $events = new Events(new EventSource('woocommerce'));
        $why = new Occasion('woo:1', new DateTimeImmutable('@1795289656'));
        $strange = [
            [],
            ['id' => []],
            ['id' => 5, 'status' => ['x'], 'currency' => 'EUR', 'line_items' => 'none', 'billing' => 7, 'meta_data' => [1, 'x']],
            ['id' => 5, 'status' => "pro\x00cess\xff", 'currency' => 'EUR', 'line_items' => [['name' => ['x'], 'quantity' => '2.5']]],
        ];
        foreach ($strange as $one) {
            try {
                $this->assertIsArray($events->order($one, $why));
            } catch (MoneyException) {
                $this->assertArrayNotHasKey('currency', $one, 'without a currency there are no sums');
            }
            $this->assertIsArray($events->customer($one, $why));
            $this->assertIsArray($events->product($one, $why));
            $this->assertIsArray($events->coupon($one, $why));
        }
        $line = $events->order($strange[3], $why)[0]->order?->lines[0];
        $this->assertSame(['?', 3], [$line?->title, $line?->quantity]);
        $this->assertSame('process?', $events->order($strange[3], $why)[0]->order?->statusRaw);
    }

    public function testLongTextsAreCut(): void
    {
        $this->assertSame(2000, mb_strlen((string) (new Fields(['x' => str_repeat('ß', 3000)]))->text('x')));
    }

    public function testARecoveryLinkIsOursAloneAndRunsOut(): void
    {
        $items = [[11, 0, 2], [12, 31, 1]];
        $token = Recovery::token($items, 1000, 'key');
        $this->assertSame($items, Recovery::items($token, 999, 'key'));
        $this->assertNull(Recovery::items($token, 1000, 'key'), 'over');
        $this->assertNull(Recovery::items($token, 999, 'other key'));
        $this->assertNull(Recovery::items('x' . $token, 999, 'key'));
        $this->assertNull(Recovery::items(substr($token, 0, -1), 999, 'key'));
        foreach (['', '.', 'a.b', str_repeat('a', 5000)] as $none) {
            $this->assertNull(Recovery::items($none, 0, 'key'));
        }
        $many = Recovery::token(array_fill(0, 500, [4000000000, 4000000000, 1000]), 4000000000, 'key');
        $this->assertLessThan(1900, strlen($many), 'fits into a URL of the contract');
    }

    public function testUlidsAreThoseOfTheSpecification(): void
    {
        $at = (new DateTimeImmutable('@1469918176'))->modify('+385 milliseconds');
        $this->assertSame('01ARYZ6S41' . str_repeat('0', 16), Ulid::make($at, str_repeat("\0", 10)));
        $this->assertMatchesRegularExpression('/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/D', Ulid::make($at));
        $this->assertNotSame(Ulid::make($at), Ulid::make($at));
    }
}
