<?php

declare(strict_types=1);

namespace TagalongChat\Collect;

use TagalongChat\Guard;
use TagalongChat\Outbox\Row;

/** The hooks of products and coupons. A variation is told of as its product. */
final class CatalogHooks
{
    public function __construct(private readonly Changes $changes)
    {
    }

    public function register(): void
    {
        add_action('woocommerce_new_product', Guard::hook([$this, 'product']), 50);
        add_action('woocommerce_update_product', Guard::hook([$this, 'product']), 50);
        add_action('woocommerce_new_product_variation', Guard::hook([$this, 'product']), 50);
        add_action('woocommerce_update_product_variation', Guard::hook([$this, 'product']), 50);
        add_action('woocommerce_product_set_stock', Guard::hook([$this, 'stock']), 50);
        add_action('woocommerce_variation_set_stock', Guard::hook([$this, 'stock']), 50);
        add_action('woocommerce_new_coupon', Guard::hook([$this, 'coupon']), 50);
        add_action('woocommerce_update_coupon', Guard::hook([$this, 'coupon']), 50);
        foreach (['trashed_post', 'before_delete_post'] as $hook) {
            add_action($hook, Guard::hook([$this, 'gone']), 50);
        }
        add_action('untrashed_post', Guard::hook([$this, 'back']), 50);
    }

    public function product(mixed $id): void
    {
        $this->changes->note(Row::PRODUCT, $id);
    }

    public function stock(mixed $product): void
    {
        if ($product instanceof \WC_Product) {
            $this->product($product->get_id());
        }
    }

    public function coupon(mixed $id): void
    {
        $this->changes->note(Row::COUPON, $id);
    }

    public function gone(mixed $id): void
    {
        $this->post(is_numeric($id) ? (int) $id : 0, true);
    }

    public function back(mixed $id): void
    {
        $this->post(is_numeric($id) ? (int) $id : 0, false);
    }

    private function post(int $id, bool $deleted): void
    {
        match (get_post_type($id)) {
            'product' => $this->changes->note(Row::PRODUCT, $id, $deleted),
            'product_variation' => $this->changes->note(Row::PRODUCT, (int) wp_get_post_parent_id($id)),
            'shop_coupon' => $this->changes->note(Row::COUPON, $id, $deleted),
            default => null,
        };
    }
}
