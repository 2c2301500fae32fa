<?php

declare(strict_types=1);

namespace TagalongChat\Read;

use TagalongChat\Map\Moment;
use TagalongChat\Map\Shopper;

/**
 * The cart of this request in the form of the Store API. It is read when it changes, not when it is sent: a cart lies in a session,
 * and sessions are not to be had elsewhere.
 */
final class CartReader
{
    /** Decimals that the amounts are written with here; as the Store API's, they have a fixed number. */
    private const DECIMALS = 6;

    /** How many carts of this session have become orders. */
    private const NUMBER = 'tagalong_chat_cart_number';

    /** @return array<string, mixed> */
    public static function of(\WC_Cart $cart, string $token, ?string $shopper, ?string $email, int $user): array
    {
        $items = array_values(array_filter(
            $cart->get_cart(),
            static fn (mixed $item): bool => is_array($item) && ($item['data'] ?? null) instanceof \WC_Product,
        ));
        $money = ['currency_code' => get_woocommerce_currency(), 'currency_minor_unit' => self::DECIMALS];
        return [
            'items' => array_map(static fn (array $item): array => self::item($item, $money), $items),
            'totals' => $money + [
                'total_items' => self::amount($cart->get_subtotal()),
                'total_discount' => self::amount($cart->get_discount_total()),
                'total_shipping' => self::amount($cart->get_shipping_total()),
                'total_tax' => self::amount($cart->get_total_tax()),
                'total_price' => self::amount($cart->get_total('edit')),
            ],
            'tagalong' => [
                'token' => $token,
                'shopper' => $shopper,
                'email' => $email,
                'customer_id' => $user,
                'last_activity_gmt' => Moment::rest(new \DateTimeImmutable()),
                'recovery_url' => Recovery::link(array_map(self::goods(...), $items)),
            ],
        ];
    }

    /** The token of a session's cart. The session's own key is none: it opens the cart. */
    public static function token(\WC_Session $session): string
    {
        return Shopper::token(implode(' ', ['cart', $session->get_customer_id(), (int) $session->get(self::NUMBER, 0), wp_salt('auth')]));
    }

    /** This session's cart has become an order; the next is a new one. */
    public static function next(\WC_Session $session): void
    {
        $session->set(self::NUMBER, (int) $session->get(self::NUMBER, 0) + 1);
    }

    /**
     * @param array<string, mixed> $item
     * @param array<string, mixed> $money
     *
     * @return array<string, mixed>
     */
    private static function item(array $item, array $money): array
    {
        $product = $item['data'];
        [$id, $variation] = self::goods($item);
        $image = ProductReader::image($product);
        return [
            'key' => (string) ($item['key'] ?? ''),
            'id' => $variation === 0 ? $id : $variation,
            'quantity' => $item['quantity'] ?? 0,
            'name' => $product->get_name(),
            'sku' => $product->get_sku(),
            'permalink' => $product->get_permalink(),
            'images' => $image === null ? [] : [['src' => $image]],
            'variation' => array_values(array_map(
                static fn (mixed $value): array => ['value' => (string) $value],
                (array) ($item['variation'] ?? []),
            )),
            'prices' => $money + ['price' => self::amount($product->get_price())],
            'totals' => $money + ['line_total' => self::amount($item['line_total'] ?? 0)],
            'tagalong' => ['product_id' => $id, 'variation_id' => $variation],
        ];
    }

    /**
     * @param array<string, mixed> $item
     *
     * @return array{int, int, int}
     */
    private static function goods(array $item): array
    {
        return [(int) ($item['product_id'] ?? 0), (int) ($item['variation_id'] ?? 0), (int) ($item['quantity'] ?? 0)];
    }

    /** "14.5" and 14.5 → "14500000": WooCommerce's cart calculates in floats, and this is where they end. */
    private static function amount(mixed $value): string
    {
        return is_numeric($value) ? number_format((float) $value, self::DECIMALS, '', '') : '0';
    }
}
