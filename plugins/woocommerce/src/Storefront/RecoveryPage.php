<?php

declare(strict_types=1);

namespace TagalongChat\Storefront;

use TagalongChat\Guard;
use TagalongChat\Read\Recovery;

/** Opens a recovery link: what is missing in the cart is put in, and the address is clean again. */
final class RecoveryPage
{
    public function register(): void
    {
        add_action('wp_loaded', Guard::hook([$this, 'open']), 30, 0); // the cart has been read from its session
    }

    public function open(): void
    {
        $token = $_GET[Recovery::QUERY] ?? null;
        if (!is_string($token) || !WC()->cart instanceof \WC_Cart) {
            return;
        }
        $items = Recovery::items($token, time(), wp_salt('auth'));
        $items === null
            ? wc_add_notice(__('This link is no longer valid.', 'tagalong-chat'), 'notice')
            : $this->fill(WC()->cart, $items);
        $utm = array_intersect_key($_GET, array_flip(['utm_source', 'utm_medium', 'utm_campaign']));
        wp_safe_redirect(add_query_arg(array_map('rawurlencode', array_filter($utm, 'is_string')), wc_get_cart_url()));
        exit;
    }

    /** @param list<array{int, int, int}> $items */
    private function fill(\WC_Cart $cart, array $items): void
    {
        $there = [];
        foreach ($cart->get_cart() as $item) {
            $there[(int) $item['product_id'] . '/' . (int) $item['variation_id']] = true;
        }
        foreach ($items as [$product, $variation, $quantity]) {
            if (!isset($there["$product/$variation"]) && $quantity > 0) {
                $one = $variation === 0 ? null : wc_get_product($variation);
                // A product that is sold out or gone adds a notice of WooCommerce's own.
                $cart->add_to_cart($product, $quantity, $variation, $one instanceof \WC_Product ? $one->get_attributes() : []);
            }
        }
    }
}
