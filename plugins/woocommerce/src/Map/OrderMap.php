<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\CustomerRef;
use Tagalong\Model\FulfillmentStatus;
use Tagalong\Model\Line;
use Tagalong\Model\Order;
use Tagalong\Model\OrderSource;
use Tagalong\Model\Refund;
use Tagalong\Model\Totals;
use Tagalong\Money;

/**
 * An order as WooCommerce's REST API (wc/v3) and its webhooks write it → the neutral one. What REST does not have, and the plugin
 * does ({@see \TagalongChat\Read\OrderReader}), stands under "tagalong": links, refunded quantities, shipments.
 *
 * Pure: no clock, no network, no WordPress.
 */
final class OrderMap
{
    public static function order(Fields $o): Order
    {
        $purse = new Purse(strtoupper((string) $o->text('currency')));
        $status = (string) $o->text('status');
        $refunds = self::refunds($o, $purse);
        $refunded = $purse->sum(array_map(static fn (Refund $refund): ?Money => $refund->amount, $refunds));
        $total = $purse->money($o->raw('total')) ?? Money::zero($purse->currency);
        $paid = $o->millis('date_paid_gmt') !== null;
        $more = $o->part('tagalong');
        $modified = $o->millis('date_modified_gmt');
        return new Order(
            (string) $o->id('id'),
            number: $o->text('number') ?? $o->text('id'),
            urlAdmin: $more->text('url_admin'),
            urlStatus: $more->text('url_status'),
            placedAt: $o->millis('date_created_gmt'),
            updatedAt: $modified,
            // WooCommerce keeps no time of cancellation. The first snapshot that says so comes right after it.
            cancelledAt: $status === 'cancelled' ? $modified : null,
            currency: $purse->currency === '' ? null : $purse->currency,
            totals: self::totals($o, $purse, $total, $refunded, $paid),
            financialStatus: Statuses::financial($status, $paid, $total, $refunded),
            fulfillmentStatus: self::fulfillment($o, $status, $more),
            statusRaw: $status,
            customer: self::customer($o),
            guest: $o->id('customer_id') === null,
            lines: self::lines($o, $purse),
            shippingAddress: Place::of($o->part('shipping')) ?? Place::of($o->part('billing')),
            coupons: self::texts($o->parts('coupon_lines'), 'code'),
            note: $o->text('customer_note'),
            attributes: self::attributes($o),
            shopper: Shopper::id($o->meta(Shopper::META)),
            cartToken: Shopper::cart($o->meta(Shopper::CART_META)),
            checkoutToken: self::checkoutToken($o),
            source: self::source($o),
            refunds: $refunds,
        );
    }

    /** What a draft of the block checkout and the order that it becomes have in common. */
    public static function checkoutToken(Fields $o): ?string
    {
        $key = $o->text('order_key');
        return $key === null ? null : Shopper::token($key);
    }

    public static function customer(Fields $o): ?CustomerRef
    {
        $billing = $o->part('billing');
        $parts = array_filter([
            'externalId' => $o->id('customer_id'),
            'email' => self::email($billing),
            'phone' => Phone::e164($billing->text('phone'), $billing->text('country')),
        ]);
        return $parts === [] ? null : new CustomerRef(...$parts);
    }

    public static function email(Fields $billing): ?string
    {
        $email = $billing->text('email');
        return $email !== null && strlen($email) <= 254 && str_contains($email, '@') ? $email : null;
    }

    /** @return list<Line> */
    public static function lines(Fields $o, Purse $purse): array
    {
        $more = $o->part('tagalong')->part('lines');
        return array_map(
            static fn (Fields $item): Line => self::line($item, $more->part((string) $item->text('id')), $purse),
            array_slice($o->parts('line_items'), 0, 500),
        );
    }

    private static function line(Fields $item, Fields $more, Purse $purse): Line
    {
        $quantity = $item->count('quantity');
        $variant = $more->text('variant_title') ?? self::variantTitle($item);
        $refunded = $more->raw('quantity_refunded');
        return new Line(
            $item->text('parent_name') ?? $item->text('name') ?? '?',
            $quantity,
            externalId: $item->id('id'),
            productExternalId: $item->id('product_id'),
            variantExternalId: $item->id('variation_id'),
            sku: $item->text('sku'),
            variantTitle: $variant,
            quantityCurrent: is_int($refunded) ? max(0, $quantity - $refunded) : null,
            // Not REST's "price": that is a float, and after discounts.
            unitPrice: $purse->each($purse->money($item->raw('subtotal')), $quantity),
            total: $purse->money($item->raw('total')),
            imageUrl: Link::of($item->part('image')->text('src')),
            url: Link::of($more->text('url')),
        );
    }

    /** "Hoodie - Blue, L" of the parent "Hoodie" is "Blue, L". */
    private static function variantTitle(Fields $item): ?string
    {
        $parent = $item->text('parent_name');
        $name = (string) $item->text('name');
        return $parent !== null && str_starts_with($name, "$parent - ") ? substr($name, strlen($parent) + 3) : null;
    }

    /** @return list<Refund> */
    private static function refunds(Fields $o, Purse $purse): array
    {
        $all = [];
        foreach (array_slice($o->parts('refunds'), 0, 100) as $refund) {
            // Inside an order they are negative totals, on their own (/orders/…/refunds) positive amounts.
            $amount = $purse->money($refund->raw('total') ?? $refund->raw('amount'));
            $all[] = new Refund(
                (string) $refund->id('id'),
                amount: $amount === null ? null : new Money(abs($amount->amount), $amount->currency),
                reason: $refund->text('reason'),
                at: $refund->millis('date_created_gmt'),
            );
        }
        return $all;
    }

    /** Goods, discount and shipping are without tax, as WooCommerce keeps them; tax is its own sum. */
    private static function totals(Fields $o, Purse $purse, Money $total, Money $refunded, bool $paid): Totals
    {
        $lines = array_map(static fn (Fields $item): ?Money => $purse->money($item->raw('subtotal')), $o->parts('line_items'));
        $now = $total->minus($refunded);
        return new Totals(
            subtotal: $purse->sum($lines),
            discount: $purse->money($o->raw('discount_total')),
            shipping: $purse->money($o->raw('shipping_total')),
            tax: $purse->money($o->raw('total_tax')),
            refunded: $refunded,
            total: $now,
            outstanding: $paid || $o->text('status') === 'cancelled' ? Money::zero($purse->currency) : $now,
        );
    }

    private static function fulfillment(Fields $o, string $status, Fields $more): ?string
    {
        $given = $more->text('fulfillment_status'); // the merchant's own word, through a filter
        if ($given !== null && in_array($given, (new \ReflectionClass(FulfillmentStatus::class))->getConstants(), true)) {
            return $given;
        }
        $nothingToShip = $more->raw('nothing_to_ship') ?? ($o->raw('needs_processing') === false && $o->parts('line_items') !== []);
        $neutral = Statuses::fulfillment($status, $o->millis('date_completed_gmt') !== null, (bool) $nothingToShip);
        return $neutral === FulfillmentStatus::UNFULFILLED ? ShipmentMap::progress($o) ?? $neutral : $neutral;
    }

    private static function source(Fields $o): ?OrderSource
    {
        $of = static fn (string $name): ?string => self::string($o->meta("_wc_order_attribution_$name"));
        $parts = array_filter([
            'utmSource' => $of('utm_source'),
            'utmMedium' => $of('utm_medium'),
            'utmCampaign' => $of('utm_campaign'),
            // Other plugins put keys into queries.
            'landing' => Link::withoutQuery($of('session_entry')),
            'referrer' => Link::withoutQuery($of('referrer')),
            'channel' => $o->text('created_via'),
        ]);
        return $parts === [] ? null : new OrderSource(...$parts);
    }

    /** @return array<string, string>|null */
    private static function attributes(Fields $o): ?array
    {
        $all = array_filter([
            'payment_method' => $o->text('payment_method_title'),
            'shipping_method' => implode(', ', self::texts($o->parts('shipping_lines'), 'method_title')),
        ]);
        return $all === [] ? null : $all;
    }

    /**
     * @param list<Fields> $parts
     *
     * @return list<string>
     */
    private static function texts(array $parts, string $key): array
    {
        $texts = array_map(static fn (Fields $part): ?string => $part->text($key), array_slice($parts, 0, 100));
        return array_values(array_filter($texts, 'is_string'));
    }

    private static function string(mixed $value): ?string
    {
        return Fields::of(['v' => $value])->text('v');
    }
}
