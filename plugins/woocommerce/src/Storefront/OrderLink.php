<?php

declare(strict_types=1);

namespace TagalongChat\Storefront;

use TagalongChat\Guard;
use TagalongChat\Map\Shopper;
use TagalongChat\Read\CartReader;

/**
 * Writes who placed an order, and of which cart, into the order: at the classic checkout and at the block checkout. Both save the
 * order themselves afterwards; no post metadata is written, so it works wherever orders are kept.
 */
final class OrderLink
{
    public function __construct(private readonly Visit $visit)
    {
    }

    public function register(): void
    {
        add_action('woocommerce_checkout_create_order', Guard::hook([$this, 'link']), 20);
        add_action('woocommerce_store_api_checkout_update_order_meta', Guard::hook([$this, 'link']), 20);
    }

    public function link(mixed $order): void
    {
        if (!$order instanceof \WC_Order) {
            return;
        }
        $shopper = $this->visit->shopper();
        if ($shopper !== null) {
            $order->update_meta_data(Shopper::META, $shopper);
        }
        if (WC()->session instanceof \WC_Session) {
            $order->update_meta_data(Shopper::CART_META, CartReader::token(WC()->session));
        }
    }
}
