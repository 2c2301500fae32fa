<?php

/** WooCommerce's free functions, as far as a plugin for order context calls them. */

defined('ABSPATH') || exit;

/** wc_stub_next_id numbers what has no table of its own. */
function wc_stub_next_id($what)
{
    global $wpdb;
    $wpdb->query($wpdb->prepare(
        "INSERT INTO {$wpdb->prefix}wc_stub_ids (what, last) VALUES (%s, LAST_INSERT_ID(1))
        ON DUPLICATE KEY UPDATE last = LAST_INSERT_ID(last + 1)",
        $what
    ));
    return (int) $wpdb->get_var('SELECT LAST_INSERT_ID()');
}

function wc_get_order_statuses()
{
    return apply_filters('wc_order_statuses', [
        'wc-pending' => 'Pending payment', 'wc-processing' => 'Processing', 'wc-on-hold' => 'On hold', 'wc-completed' => 'Completed',
        'wc-cancelled' => 'Cancelled', 'wc-refunded' => 'Refunded', 'wc-failed' => 'Failed', 'wc-checkout-draft' => 'Draft',
    ]);
}

function wc_get_order_status_name($status)
{
    $status = strpos($status, 'wc-') === 0 ? $status : "wc-$status";
    return wc_get_order_statuses()[$status] ?? $status;
}

function wc_get_is_paid_statuses()
{
    return apply_filters('woocommerce_order_is_paid_statuses', ['processing', 'completed']);
}

function wc_get_order_types($for = '')
{
    return ['shop_order', 'shop_order_refund'];
}

function wc_generate_order_key($key = '')
{
    return 'wc_order_' . ($key === '' ? wp_generate_password(13, false) : $key);
}

function get_woocommerce_currency()
{
    return apply_filters('woocommerce_currency', get_option('woocommerce_currency', 'EUR'));
}

function get_woocommerce_currency_symbol($currency = '')
{
    $symbols = ['EUR' => '&euro;', 'USD' => '&#36;', 'JPY' => '&yen;', 'GBP' => '&pound;'];
    $currency = $currency === '' ? get_woocommerce_currency() : $currency;
    return $symbols[$currency] ?? $currency;
}

function wc_get_price_decimals()
{
    return absint(apply_filters('wc_get_price_decimals', get_option('woocommerce_price_num_decimals', 2)));
}

function wc_get_rounding_precision()
{
    return max(6, wc_get_price_decimals() + 2);
}

/** wc_format_decimal makes the text of a number: with $dp digits, or as it is; $trim takes zeros at the end away. */
function wc_format_decimal($number, $dp = false, $trim_zeros = false)
{
    if ($number === '' || $number === null) {
        return '';
    }
    if (is_float($number)) {
        $number = rtrim(rtrim(sprintf('%.10F', $number), '0'), '.');
    }
    if ($dp !== false) {
        $number = number_format((float) $number, $dp === '' ? wc_get_price_decimals() : (int) $dp, '.', '');
    }
    $number = (string) $number;
    if ($trim_zeros && strpos($number, '.') !== false) {
        $number = rtrim(rtrim($number, '0'), '.');
    }
    return $number;
}

function wc_format_coupon_code($value)
{
    return strtolower(trim((string) $value));
}

function wc_price($price, $args = [])
{
    $amount = number_format((float) $price, wc_get_price_decimals(), '.', ',');
    return '<span class="woocommerce-Price-amount amount"><bdi><span class="woocommerce-Price-currencySymbol">'
        . get_woocommerce_currency_symbol($args['currency'] ?? '') . "</span>$amount</bdi></span>";
}

function wc_get_page_id($page)
{
    return (int) get_option("woocommerce_{$page}_page_id", -1);
}

function wc_get_page_permalink($page, $fallback = null)
{
    $id = wc_get_page_id($page);
    return $id > 0 ? get_permalink($id) : ($fallback ?? get_home_url());
}

function wc_get_checkout_url()
{
    return apply_filters('woocommerce_get_checkout_url', wc_get_page_permalink('checkout'));
}

function wc_get_cart_url()
{
    return apply_filters('woocommerce_get_cart_url', wc_get_page_permalink('cart'));
}

function is_cart()
{
    return is_page(wc_get_page_id('cart'));
}

function is_checkout()
{
    return is_page(wc_get_page_id('checkout')) || is_page(wc_get_page_id('block_checkout'));
}

function is_shop()
{
    return is_page(wc_get_page_id('shop')) || is_post_type_archive('product');
}

function is_product()
{
    return is_singular('product');
}

function is_account_page()
{
    return is_page(wc_get_page_id('myaccount'));
}

function is_woocommerce()
{
    return is_shop() || is_product();
}

function is_order_received_page()
{
    return is_wc_endpoint_url('order-received');
}

function is_wc_endpoint_url($endpoint = false)
{
    $at = WC()->endpoint();
    return $endpoint === false ? $at !== '' : $at === $endpoint;
}

function wc_get_logger()
{
    return new class () {
        public function log($level, $message, $context = [])
        {
            error_log("woocommerce $level: $message");
        }

        public function __call($level, $args)
        {
            $this->log($level, $args[0], $args[1] ?? []);
        }
    };
}

function wc_clean($value)
{
    return is_array($value) ? array_map('wc_clean', $value) : (is_scalar($value) ? sanitize_text_field($value) : $value);
}

function wc_rand_hash($prefix = '', $max_length = null)
{
    $hash = $prefix . bin2hex(random_bytes(20));
    return $max_length === null ? $hash : substr($hash, 0, $max_length);
}

function wc_string_to_bool($value)
{
    return is_bool($value) ? $value : in_array(strtolower((string) $value), ['yes', 'true', '1', 'on'], true);
}

function wc_bool_to_string($value)
{
    return wc_string_to_bool($value) ? 'yes' : 'no';
}

function wc_add_notice($message, $notice_type = 'success')
{
    $notices = WC()->session->get('wc_notices', []);
    $notices[$notice_type][] = ['notice' => $message, 'data' => []];
    WC()->session->set('wc_notices', $notices);
}

function wc_get_notices()
{
    return WC()->session ? WC()->session->get('wc_notices', []) : [];
}

function wc_reduce_stock_levels($order_id)
{
    $order = wc_get_order($order_id);
    foreach ($order->get_items() as $item) {
        $product = $item->get_product();
        if (!$product || !$product->get_manage_stock() || $item->get_meta('_reduced_stock')) {
            continue;
        }
        $product->set_stock_quantity($product->get_stock_quantity() - $item->get_quantity());
        $product->save();
        $item->add_meta_data('_reduced_stock', (string) $item->get_quantity(), true);
        $item->save();
        do_action('woocommerce_product_set_stock', $product);
    }
    do_action('woocommerce_reduce_order_stock', $order);
}

foreach (['completed', 'processing', 'on-hold'] as $status) {
    add_action("woocommerce_order_status_$status", 'wc_reduce_stock_levels');
}
