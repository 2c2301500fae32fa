<?php

/**
 * The cart of the session. As measured, `woocommerce_cart_updated` fires two or three times on each page view, with an empty cart
 * too: once when it is read, and each time that it is summed up.
 */

defined('ABSPATH') || exit;

class WC_Cart
{
    public $cart_contents = [];
    public $applied_coupons = [];
    private $removed = [];
    private $totals = ['subtotal' => '0', 'discount_total' => '0', 'shipping_total' => '0', 'total' => '0'];

    public function __construct()
    {
        add_action('woocommerce_add_to_cart', [$this, 'calculate_totals'], 20, 0);
        add_action('woocommerce_cart_loaded_from_session', [$this, 'set_session'], 10, 0);
        add_action('woocommerce_after_calculate_totals', [$this, 'set_session'], 1000, 0);
    }

    public function get_cart_from_session()
    {
        do_action('woocommerce_load_cart_from_session');
        foreach ((array) WC()->session->get('cart', []) as $key => $line) {
            $product = wc_get_product($line['product_id']);
            if ($product && $product->is_purchasable()) {
                $this->cart_contents[$key] = ['data' => $product] + $line;
            }
        }
        $this->applied_coupons = (array) WC()->session->get('applied_coupons', []);
        do_action('woocommerce_cart_loaded_from_session', $this);
        $this->calculate_totals();
    }

    public function set_session()
    {
        WC()->session->set('cart', array_map(fn ($line) => array_diff_key($line, ['data' => 1]), $this->cart_contents));
        WC()->session->set('applied_coupons', $this->applied_coupons);
        do_action('woocommerce_cart_updated');
    }

    public function calculate_totals()
    {
        do_action('woocommerce_before_calculate_totals', $this);
        $before = 0.0;
        foreach ($this->cart_contents as $line) {
            $before += (float) $line['data']->get_price() * $line['quantity'];
        }
        $off = min($before, array_sum(array_map(fn ($code) => $this->worth(new WC_Coupon($code), $before), $this->applied_coupons)));
        foreach ($this->cart_contents as $key => $line) {
            $subtotal = (float) $line['data']->get_price() * $line['quantity'];
            $this->cart_contents[$key]['line_subtotal'] = $subtotal;
            $this->cart_contents[$key]['line_total'] = $before > 0 ? round($subtotal - $off * $subtotal / $before, 2) : 0.0;
            $this->cart_contents[$key]['line_tax'] = 0.0;
        }
        $this->totals = [
            'subtotal' => wc_format_decimal($before, 2), 'discount_total' => wc_format_decimal($off, 2), 'shipping_total' => '0',
            'total' => wc_format_decimal($before - $off, 2),
        ];
        do_action('woocommerce_after_calculate_totals', $this);
    }

    private function worth($coupon, $before)
    {
        return $coupon->is_type('percent') ? round($before * (float) $coupon->get_amount() / 100, 2) : (float) $coupon->get_amount();
    }

    public function generate_cart_id($product_id, $variation_id = 0, $variation = [], $cart_item_data = [])
    {
        return md5(implode('_', array_filter([$product_id, $variation_id])));
    }

    public function add_to_cart($product_id = 0, $quantity = 1, $variation_id = 0, $variation = [], $cart_item_data = [])
    {
        $product = wc_get_product($product_id);
        if (!$product || !$product->is_purchasable() || !$product->is_in_stock() || $quantity < 1) {
            return false;
        }
        $key = $this->generate_cart_id($product_id, $variation_id, $variation, $cart_item_data);
        $quantity += $this->cart_contents[$key]['quantity'] ?? 0;
        $this->cart_contents[$key] = $cart_item_data + [
            'key' => $key, 'product_id' => (int) $product_id, 'variation_id' => (int) $variation_id, 'variation' => $variation,
            'quantity' => $quantity, 'data' => $product,
        ];
        do_action('woocommerce_set_cart_cookies', true);
        do_action('woocommerce_add_to_cart', $key, (int) $product_id, $quantity, (int) $variation_id, $variation, $cart_item_data);
        return $key;
    }

    public function set_quantity($key, $quantity = 1, $refresh_totals = true)
    {
        if ($quantity <= 0) {
            return $this->remove_cart_item($key);
        }
        $old = $this->cart_contents[$key]['quantity'];
        $this->cart_contents[$key]['quantity'] = (int) $quantity;
        if ($refresh_totals) {
            $this->calculate_totals();
        }
        do_action('woocommerce_after_cart_item_quantity_update', $key, (int) $quantity, $old, $this);
        return true;
    }

    public function remove_cart_item($key)
    {
        if (!isset($this->cart_contents[$key])) {
            return false;
        }
        do_action('woocommerce_remove_cart_item', $key, $this);
        $this->removed[$key] = $this->cart_contents[$key];
        unset($this->cart_contents[$key]);
        do_action('woocommerce_cart_item_removed', $key, $this);
        $this->calculate_totals();
        return true;
    }

    public function apply_coupon($code)
    {
        $coupon = new WC_Coupon($code);
        $spent = $coupon->get_usage_limit() && $coupon->get_usage_count() >= $coupon->get_usage_limit();
        $over = $coupon->get_date_expires() && $coupon->get_date_expires()->getTimestamp() < time();
        if (!$coupon->get_id() || $spent || $over || in_array($coupon->get_code(), $this->applied_coupons, true)) {
            return false;
        }
        $this->applied_coupons[] = $coupon->get_code();
        do_action('woocommerce_applied_coupon', $coupon->get_code());
        $this->calculate_totals();
        return true;
    }

    public function empty_cart($clear_persistent_cart = true)
    {
        do_action('woocommerce_before_cart_emptied', $clear_persistent_cart);
        $this->cart_contents = [];
        $this->applied_coupons = [];
        $this->totals = ['subtotal' => '0', 'discount_total' => '0', 'shipping_total' => '0', 'total' => '0'];
        WC()->session->set('cart', []);
        WC()->session->set('applied_coupons', []);
        do_action('woocommerce_cart_emptied', $clear_persistent_cart);
    }

    public function get_cart()
    {
        return $this->cart_contents;
    }

    public function get_cart_contents()
    {
        return $this->cart_contents;
    }

    public function get_cart_item($key)
    {
        return $this->cart_contents[$key] ?? [];
    }

    public function get_cart_contents_count()
    {
        return array_sum(array_column($this->cart_contents, 'quantity'));
    }

    public function is_empty()
    {
        return $this->cart_contents === [];
    }

    public function get_cart_hash()
    {
        if ($this->is_empty()) {
            return '';
        }
        $lines = array_map(fn ($line) => array_diff_key($line, ['data' => 1]), $this->cart_contents);
        return apply_filters('woocommerce_cart_hash', md5(wp_json_encode($lines) . $this->get_total('edit')), $lines);
    }

    public function get_applied_coupons()
    {
        return $this->applied_coupons;
    }

    public function get_totals()
    {
        return $this->totals;
    }

    public function get_subtotal()
    {
        return (float) $this->totals['subtotal'];
    }

    public function get_discount_total()
    {
        return (float) $this->totals['discount_total'];
    }

    public function get_shipping_total()
    {
        return (float) $this->totals['shipping_total'];
    }

    public function get_total_tax()
    {
        return 0.0;
    }

    public function get_taxes_total()
    {
        return 0.0;
    }

    public function get_total($context = 'view')
    {
        return $context === 'view' ? wc_price($this->totals['total']) : (float) $this->totals['total'];
    }

    public function needs_shipping()
    {
        return !$this->is_empty();
    }

    public function get_customer()
    {
        return WC()->customer;
    }
}

/** A page that is asked for with ?add-to-cart=ID puts the product into the cart, as a link of a shop does. */
add_action('wp_loaded', function () {
    if (!WC()->cart || !isset($_REQUEST['add-to-cart']) || !is_numeric(wp_unslash($_REQUEST['add-to-cart']))) {
        return;
    }
    $quantity = isset($_REQUEST['quantity']) ? absint($_REQUEST['quantity']) : 1;
    if (WC()->cart->add_to_cart(absint($_REQUEST['add-to-cart']), $quantity)) {
        wp_safe_redirect(wc_get_cart_url());
        exit;
    }
}, 20);

/** The form of the cart page. */
add_action('wp_loaded', function () {
    if (
        !WC()->cart || !isset($_POST['update_cart'], $_POST['cart'])
        || !wp_verify_nonce($_POST['woocommerce-cart-nonce'] ?? '', 'woocommerce-cart')
    ) {
        return;
    }
    foreach ((array) wp_unslash($_POST['cart']) as $key => $line) {
        if (isset(WC()->cart->cart_contents[$key])) {
            WC()->cart->set_quantity($key, absint($line['qty']));
        }
    }
    wp_safe_redirect(wc_get_cart_url());
    exit;
}, 20);

/** What the shop's own scripts call: POST /?wc-ajax=add_to_cart with product_id and quantity. */
add_action('template_redirect', function () {
    if (($_GET['wc-ajax'] ?? '') !== 'add_to_cart') {
        return;
    }
    $id = absint($_POST['product_id'] ?? 0);
    if ($id && WC()->cart->add_to_cart($id, max(1, absint($_POST['quantity'] ?? 1)))) {
        do_action('woocommerce_ajax_added_to_cart', $id);
        wp_send_json(['fragments' => (object) [], 'cart_hash' => WC()->cart->get_cart_hash()]);
    }
    wp_send_json(['error' => true, 'product_url' => get_permalink($id)]);
}, 0);
