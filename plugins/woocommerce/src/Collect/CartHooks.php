<?php

declare(strict_types=1);

namespace TagalongChat\Collect;

use TagalongChat\Guard;
use TagalongChat\Outbox\Row;
use TagalongChat\Read\CartReader;
use TagalongChat\Storefront\Visit;

/**
 * The cart of whoever is known: who has chatted here, or is signed in. Nobody else's is looked at.
 *
 * woocommerce_cart_updated fires on every page, for an empty cart too, and is not listened to. What the hooks say is compared with
 * what was told last, by WooCommerce's own hash of the cart.
 */
final class CartHooks
{
    private const KEY = 'tagalong_chat_cart';

    private bool $touched = false;
    private ?int $order = null;

    public function __construct(private readonly Changes $changes, private readonly Visit $visit)
    {
    }

    public function register(): void
    {
        $hooks = [
            'woocommerce_add_to_cart', 'woocommerce_after_cart_item_quantity_update', 'woocommerce_cart_item_removed',
            'woocommerce_cart_item_restored', 'woocommerce_cart_emptied', 'woocommerce_applied_coupon', 'woocommerce_removed_coupon',
        ];
        foreach ($hooks as $hook) {
            add_action($hook, Guard::hook([$this, 'touch']), 50, 0);
        }
        // Who begins to chat has perhaps filled the cart before: it is told with their next page.
        add_action('woocommerce_cart_loaded_from_session', Guard::hook([$this, 'touch']), 50, 0);
        add_action('woocommerce_checkout_order_processed', Guard::hook([$this, 'placed']), 50);
        add_action('woocommerce_store_api_checkout_order_processed', Guard::hook([$this, 'placed']), 50);
    }

    public function touch(): void
    {
        if (!$this->touched) {
            $this->touched = true;
            add_action('shutdown', Guard::hook([$this, 'note']), 5); // before the rows are written (10) and the session (20)
        }
    }

    /** The cart has become an order. What empties it afterwards, perhaps on the next page, is not the shopper. */
    public function placed(mixed $order): void
    {
        $this->order = $order instanceof \WC_Order ? $order->get_id() : (is_numeric($order) ? (int) $order : null);
        $this->touch();
    }

    public function note(): void
    {
        [$cart, $session] = [WC()->cart, WC()->session];
        if (!$cart instanceof \WC_Cart || !$session instanceof \WC_Session) {
            return;
        }
        $hash = $cart->is_empty() ? '' : (string) $cart->get_cart_hash();
        $told = (string) $session->get(self::KEY, '');
        $owner = $this->owner();
        if ($this->order !== null) {
            $told === '' || $told === 'ordered' ? null : $this->tell($cart, $session, $owner, 'ordered');
            CartReader::next($session); // what they buy next is another cart
        } elseif ($owner === null || $hash === $told || ($hash === '' && $told === 'ordered')) {
            return;
        } else {
            $this->tell($cart, $session, $owner, $hash);
        }
    }

    /** @param array{shopper: ?string, email: ?string, user: int}|null $owner */
    private function tell(\WC_Cart $cart, \WC_Session $session, ?array $owner, string $told): void
    {
        $token = CartReader::token($session);
        $facts = CartReader::of($cart, $token, $owner['shopper'] ?? null, $owner['email'] ?? null, $owner['user'] ?? 0);
        if ($this->order !== null) {
            $facts['tagalong']['completed_gmt'] = $facts['tagalong']['last_activity_gmt'];
            $facts['tagalong']['order_id'] = $this->order;
        }
        $session->set(self::KEY, $told);
        $this->changes->note(Row::CART, $token, payload: (string) wp_json_encode($facts));
    }

    /** @return array{shopper: ?string, email: ?string, user: int}|null */
    private function owner(): ?array
    {
        $user = wp_get_current_user();
        $shopper = $this->visit->shopper();
        if ($shopper === null && !$user->exists()) {
            return null;
        }
        return ['shopper' => $shopper, 'email' => $user->exists() ? (string) $user->user_email : null, 'user' => (int) $user->ID];
    }
}
