<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\Cart;
use Tagalong\Model\CartStage;
use Tagalong\Model\CustomerRef;
use Tagalong\Model\Line;
use Tagalong\Model\Totals;
use Tagalong\Money;

/**
 * Carts and checkouts. A cart comes in the form of the Store API (wc/store/v1/cart), what that does not have stands under
 * "tagalong"; a checkout is a draft order of the block checkout. Pure.
 */
final class CartMap
{
    public static function cart(Fields $cart): Cart
    {
        $sums = $cart->part('totals');
        $purse = new Purse(strtoupper((string) $sums->text('currency_code')));
        $decimals = $sums->count('currency_minor_unit');
        $more = $cart->part('tagalong');
        $shown = static fn (string $key): ?Money => $purse->shown($sums->raw($key), $decimals);
        $customer = $more->id('customer_id');
        return new Cart(
            (string) $more->id('token'),
            stage: CartStage::CART,
            customer: $customer === null ? null : new CustomerRef(externalId: $customer, email: OrderMap::email($more)),
            email: OrderMap::email($more) ?? OrderMap::email($cart->part('billing_address')),
            lines: array_map(
                static fn (Fields $item): Line => self::line($item, $purse),
                array_slice($cart->parts('items'), 0, 500),
            ),
            totals: new Totals(
                subtotal: $shown('total_items'),
                discount: $shown('total_discount'),
                shipping: $shown('total_shipping'),
                tax: $shown('total_tax'),
                total: $shown('total_price'),
            ),
            recoveryUrl: Link::of($more->text('recovery_url')),
            lastActivityAt: $more->millis('last_activity_gmt'),
            completedAt: $more->millis('completed_gmt'),
            orderExternalId: $more->id('order_id'),
            shopper: Shopper::id($more->raw('shopper')),
            consentMarketing: is_bool($more->raw('consent_marketing')) ? $more->raw('consent_marketing') : null,
        );
    }

    /** Null where the draft has no address yet: nobody could be written to, and nobody is to be watched. */
    public static function checkout(Fields $order): ?Cart
    {
        $token = OrderMap::checkoutToken($order);
        $email = OrderMap::email($order->part('billing'));
        if ($token === null || $email === null) {
            return null;
        }
        $neutral = OrderMap::order($order);
        return new Cart(
            $token,
            stage: CartStage::CHECKOUT,
            parentToken: $neutral->cartToken,
            customer: $neutral->customer,
            email: $email,
            phone: $neutral->customer?->phone,
            lines: $neutral->lines,
            totals: $neutral->totals?->with(outstanding: null, refunded: null),
            recoveryUrl: Link::of($order->part('tagalong')->text('recovery_url')),
            lastActivityAt: $neutral->updatedAt,
            shopper: $neutral->shopper,
        );
    }

    private static function line(Fields $item, Purse $purse): Line
    {
        $prices = $item->part('prices');
        $totals = $item->part('totals');
        $images = $item->parts('images');
        $variation = array_map(static fn (Fields $one): string => (string) $one->text('value'), $item->parts('variation'));
        $parent = $item->part('tagalong')->id('product_id');
        return new Line(
            $item->text('name') ?? '?',
            $item->count('quantity'),
            externalId: $item->id('key'),
            // The Store API names a variation by its own id alone; its product's is known only where the plugin reads the cart.
            productExternalId: $parent ?? ($variation === [] ? $item->id('id') : null),
            variantExternalId: $item->part('tagalong')->id('variation_id') ?? ($variation === [] ? null : $item->id('id')),
            sku: $item->text('sku'),
            variantTitle: implode(', ', array_filter($variation)) ?: null,
            unitPrice: $purse->shown($prices->raw('price'), $prices->count('currency_minor_unit')),
            total: $purse->shown($totals->raw('line_total'), $totals->count('currency_minor_unit')),
            imageUrl: $images === [] ? null : Link::of($images[0]->text('src')),
            url: Link::of($item->text('permalink')),
        );
    }
}
