<?php

/** The two ways to buy have one end: the payment, on delivery or by bank transfer. This is the classic form's way to it. */

defined('ABSPATH') || exit;

class WC_Checkout
{
    public static function instance()
    {
        static $one;
        return $one ??= new self();
    }

    public const FIELDS = [
        'first_name' => 'First name', 'last_name' => 'Last name', 'address_1' => 'Street and number', 'postcode' => 'Postcode',
        'city' => 'City',
        'country' => 'Country', 'email' => 'E-mail', 'phone' => 'Phone',
    ];

    public const GATEWAYS = ['cod' => 'Cash on delivery', 'bacs' => 'Direct bank transfer'];

    /** data reads the form. */
    public function get_posted_data()
    {
        $data = ['payment_method' => wc_clean(wp_unslash($_POST['payment_method'] ?? 'cod')),
            'order_comments' => wc_clean(wp_unslash($_POST['order_comments'] ?? ''))];
        foreach (array_keys(self::FIELDS) as $field) {
            $data["billing_$field"] = wc_clean(wp_unslash($_POST["billing_$field"] ?? ''));
        }
        return $data;
    }

    /** fill puts the cart and the addresses into an order. */
    public function fill($order, $billing)
    {
        $order->remove_order_items();
        foreach (WC()->cart->get_cart() as $line) {
            $order->add_product(
                $line['data'],
                $line['quantity'],
                ['subtotal' => (string) $line['line_subtotal'], 'total' => (string) $line['line_total']]
            );
        }
        $shipping = new WC_Order_Item_Shipping();
        $shipping->set_props(['name' => 'Flat rate', 'method_title' => 'Flat rate', 'method_id' => 'flat_rate', 'instance_id' => '1',
            'total' => '0']);
        $order->add_item($shipping);
        foreach (WC()->cart->get_applied_coupons() as $code) {
            $coupon = new WC_Order_Item_Coupon();
            $coupon->set_code($code);
            $coupon->set_discount(wc_format_decimal(WC()->cart->get_discount_total(), false, true));
            $order->add_item($coupon);
        }
        $order->set_billing($billing);
        $order->set_shipping(array_diff_key($billing, ['email' => 1, 'phone' => 1]));
        $order->set_customer_id(get_current_user_id());
        $order->set_currency(get_woocommerce_currency());
        $order->set_cart_hash(WC()->cart->get_cart_hash());
        $order->set_customer_ip_address($_SERVER['REMOTE_ADDR'] ?? '');
        $order->set_customer_user_agent(wp_unslash($_SERVER['HTTP_USER_AGENT'] ?? ''));
        $order->set_discount_total(wc_format_decimal(WC()->cart->get_discount_total(), 2));
        $order->set_shipping_total('0');
        $order->set_total((string) WC()->cart->get_total('edit'));
        $order->update_meta_data('is_vat_exempt', 'no');
    }

    public function create_order($data)
    {
        $order = new WC_Order();
        $order->set_created_via('checkout');
        $billing = [];
        foreach (array_keys(self::FIELDS) as $field) {
            $billing[$field] = $data["billing_$field"];
        }
        $this->fill($order, $billing);
        $order->set_customer_note($data['order_comments']);
        $order->set_payment_method($data['payment_method']);
        $order->set_payment_method_title(self::GATEWAYS[$data['payment_method']] ?? $data['payment_method']);
        $order->set_status('pending');
        do_action('woocommerce_checkout_create_order', $order, $data);
        $order->save();
        do_action('woocommerce_checkout_update_order_meta', $order->get_id(), $data);
        do_action('woocommerce_checkout_order_created', $order);
        return $order->get_id();
    }

    /** pay does what a gateway does once the order is there. */
    public function pay($order)
    {
        $order->update_status($order->get_payment_method() === 'cod' ? 'processing' : 'on-hold');
        foreach ($order->get_coupon_codes() as $code) {
            $coupon = new WC_Coupon($code);
            $coupon->set_usage_count($coupon->get_usage_count() + 1);
            $coupon->save();
        }
        WC()->cart->empty_cart();
        WC()->session->set('order_awaiting_payment', null);
    }

    public function process_checkout()
    {
        $data = $this->get_posted_data();
        do_action('woocommerce_checkout_process');
        if (WC()->cart->is_empty() || !is_email($data['billing_email']) || $data['billing_last_name'] === '') {
            wc_add_notice('Please fill in your name and your e-mail.', 'error');
            return;
        }
        $id = $this->create_order($data);
        do_action('woocommerce_checkout_order_processed', $id, $data, wc_get_order($id));
        $order = wc_get_order($id);
        $this->pay($order);
        wp_safe_redirect($order->get_checkout_order_received_url());
        exit;
    }
}

add_action('wp_loaded', function () {
    if (WC()->cart && isset($_POST['woocommerce_checkout_place_order'])) {
        if (!wp_verify_nonce($_POST['woocommerce-process-checkout-nonce'] ?? '', 'woocommerce-process_checkout')) {
            wp_die('The form has expired.', '', 403);
        }
        WC_Checkout::instance()->process_checkout();
    }
}, 20);

/** Where an order came from: the hidden fields of the form become the order's meta data. */
add_action('woocommerce_checkout_create_order', function ($order) {
    $fields = [
        'source_type', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'session_entry', 'session_start_time', 'session_pages',
        'session_count', 'user_agent', 'device_type', 'referrer',
    ];
    foreach ($fields as $field) {
        $value = wc_clean(wp_unslash($_POST["wc_order_attribution_$field"] ?? ''));
        if ($value !== '') {
            $order->update_meta_data("_wc_order_attribution_$field", $value);
        }
    }
});
