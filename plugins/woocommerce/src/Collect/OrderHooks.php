<?php

declare(strict_types=1);

namespace TagalongChat\Collect;

use TagalongChat\Guard;
use TagalongChat\Map\Shopper;
use TagalongChat\Map\Statuses;
use TagalongChat\Outbox\Row;

/**
 * The hooks of orders, as they fire in WooCommerce 10.0.2: for orders of the REST API and the back office, of the classic checkout, and
 * of the block checkout, which tells of a draft with woocommerce_update_order alone and fires woocommerce_new_order when it is placed.
 */
final class OrderHooks
{
    /** @var array<string, true> drafts that are being deleted */
    private array $drafts = [];

    public function __construct(private readonly Changes $changes)
    {
    }

    public function register(): void
    {
        $changed = [
            'woocommerce_new_order', 'woocommerce_update_order', 'woocommerce_order_status_changed',
            'woocommerce_checkout_order_processed', 'woocommerce_order_refunded', 'woocommerce_untrash_order',
        ];
        foreach ($changed as $hook) {
            add_action($hook, Guard::hook([$this, 'changed']), 50);
        }
        add_action('woocommerce_store_api_checkout_order_processed', Guard::hook([$this, 'processed']), 50);
        add_action('woocommerce_store_api_checkout_update_order_meta', Guard::hook([$this, 'processed']), 50);
        add_action('woocommerce_refund_deleted', Guard::hook([$this, 'refundDeleted']), 50, 2);
        add_action('woocommerce_trash_order', Guard::hook([$this, 'deleted']), 50);
        add_action('woocommerce_before_delete_order', Guard::hook([$this, 'beforeDeletion']), 50, 2);
        add_action('woocommerce_delete_order', Guard::hook([$this, 'deleted']), 50);
        foreach (['create', 'update', 'delete', 'fulfill'] as $what) { // WooCommerce's own shipments, where it has them
            add_action("woocommerce_fulfillment_after_$what", Guard::hook([$this, 'fulfillment']), 50);
        }
        // Orders kept as posts go to the trash without a hook of WooCommerce's.
        add_action('trashed_post', Guard::hook([$this, 'postDeleted']), 50);
        add_action('untrashed_post', Guard::hook([$this, 'postChanged']), 50);
    }

    public function changed(mixed $id): void
    {
        $this->changes->note(Row::ORDER, $id);
    }

    public function processed(mixed $order): void
    {
        if ($order instanceof \WC_Order) {
            $this->changes->note(Row::ORDER, $order->get_id());
        }
    }

    public function refundDeleted(mixed $refund, mixed $order = null): void
    {
        $this->changes->note(Row::ORDER, $order);
    }

    public function deleted(mixed $id): void
    {
        if (!isset($this->drafts[(string) $id])) {
            $this->changes->note(Row::ORDER, $id, deleted: true);
        }
    }

    /** Refunds are no orders to Tagalong, and a draft, which WooCommerce deletes after a day, was a checkout. */
    public function beforeDeletion(mixed $id, mixed $order = null): void
    {
        if ($order instanceof \WC_Order && in_array($order->get_status(), Statuses::DRAFTS, true)) {
            $this->drafts[(string) $id] = true;
            if ($order->get_billing_email() !== '') { // told of only with an address
                $this->changes->note(Row::CART, Shopper::token($order->get_order_key()), deleted: true);
            }
        } elseif (!$order instanceof \WC_Order_Refund) {
            $this->deleted($id);
        }
    }

    public function fulfillment(mixed $fulfillment): void
    {
        if (is_object($fulfillment) && method_exists($fulfillment, 'get_entity_id')) {
            $this->changes->note(Row::ORDER, (string) $fulfillment->get_entity_id());
        }
    }

    public function postDeleted(mixed $id): void
    {
        if (get_post_type((int) $id) === 'shop_order') {
            $this->deleted($id);
        }
    }

    public function postChanged(mixed $id): void
    {
        if (get_post_type((int) $id) === 'shop_order') {
            $this->changed($id);
        }
    }
}
