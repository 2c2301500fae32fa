<?php

/**
 * Plugin Name: WooCommerce (stand-in for tests)
 * Description: What the Tagalong plugin touches of WooCommerce, for tests where WooCommerce itself cannot be had. Not for a shop.
 * Version: 10.0.2
 * Requires at least: 6.5
 * Requires PHP: 7.4
 * License: GPL-2.0-or-later
 * Text Domain: woocommerce
 */

defined('ABSPATH') || exit;

define('WC_PLUGIN_FILE', __FILE__);
define('WC_VERSION', '10.0.2');
define('WC_ABSPATH', __DIR__ . '/');

foreach (
    [
        'data', 'features', 'functions', 'order-item', 'order', 'product', 'customer', 'session', 'cart', 'checkout', 'store-api',
        'rest-v3', 'privacy', 'pages',
    ] as $file
) {
    require_once __DIR__ . "/includes/$file.php";
}

if (get_option('wc_stub_without_queue') !== 'yes') { // where somebody has taken it out
    require_once __DIR__ . '/includes/action-scheduler.php';
}

final class WooCommerce
{
    public $version = WC_VERSION;
    public $session = null;
    public $cart = null;
    public $customer = null;
    public $query = null;

    public static function instance()
    {
        static $one;
        return $one ??= new self();
    }

    public function init()
    {
        do_action('before_woocommerce_init');
        if (class_exists('ActionScheduler', false)) {
            do_action('action_scheduler_init');
        }
        if ($this->is_request('frontend')) {
            $this->load_cart();
        }
        do_action('woocommerce_init');
    }

    public function is_rest_api_request()
    {
        return strpos($_SERVER['REQUEST_URI'] ?? '', '/' . rest_get_url_prefix() . '/') !== false;
    }

    public function is_request($type)
    {
        $page = !is_admin() || wp_doing_ajax();
        return $type === 'frontend' && $page && PHP_SAPI !== 'cli' && !wp_doing_cron() && !$this->is_rest_api_request();
    }

    /** load_cart reads the visitor's session, customer and cart, in this order. */
    public function load_cart()
    {
        if ($this->session !== null) {
            return;
        }
        $this->session = new WC_Session_Handler();
        $this->session->init();
        $this->customer = new WC_Customer(get_current_user_id(), true);
        $this->cart = new WC_Cart();
        if (did_action('wp_loaded')) {
            $this->cart->get_cart_from_session();
        } else {
            add_action('wp_loaded', [$this->cart, 'get_cart_from_session'], 10);
        }
    }

    public function checkout()
    {
        return WC_Checkout::instance();
    }

    public function api_request_url($request)
    {
        return add_query_arg('wc-api', $request, home_url('/'));
    }

    public function plugin_url()
    {
        return untrailingslashit(plugins_url('/', WC_PLUGIN_FILE));
    }

    /** endpoint names the page within a page that is asked for. */
    public function endpoint()
    {
        global $wp_query;
        foreach (['order-received', 'order-pay', 'view-order'] as $endpoint) {
            if (isset($wp_query->query_vars[$endpoint])) {
                return $endpoint;
            }
        }
        return '';
    }
}

function WC()
{
    return WooCommerce::instance();
}

function wc_load_cart()
{
    WC()->load_cart();
}

add_action('init', [WC(), 'init'], 0);
add_action('plugins_loaded', fn () => do_action('woocommerce_loaded'), -1);

add_action('admin_menu', function () {
    $page = fn () => print '<div class="wrap"><h1>WooCommerce</h1></div>';
    add_menu_page('WooCommerce', 'WooCommerce', 'manage_woocommerce', 'woocommerce', $page, '', 55);
}, 9);

register_activation_hook(__FILE__, function () {
    global $wpdb;
    foreach (wc_stub_tables() as $name => $columns) {
        $wpdb->query("CREATE TABLE IF NOT EXISTS {$wpdb->prefix}$name ($columns) {$wpdb->get_charset_collate()} AUTO_INCREMENT = 101");
    }
    foreach (['manage_woocommerce', 'view_woocommerce_reports', 'edit_shop_orders', 'read_shop_order'] as $cap) {
        get_role('administrator')->add_cap($cap);
    }
    add_role('customer', 'Customer', ['read' => true]);
    add_role(
        'shop_manager',
        'Shop manager',
        ['read' => true, 'manage_woocommerce' => true, 'edit_shop_orders' => true, 'edit_posts' => true]
    );
});

/** Orders are kept as WooCommerce keeps them with its own tables on, roughly: what is not asked for by is in one column. */
function wc_stub_tables()
{
    $id = 'BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY';
    $number = 'BIGINT UNSIGNED NOT NULL DEFAULT 0';
    return [
        'wc_orders' => "id $id, type VARCHAR(20) NOT NULL, status VARCHAR(20) NOT NULL, parent_order_id $number, total_amount DECIMAL(26,8),
            customer_id $number, billing_email VARCHAR(320), date_created_gmt DATETIME, date_updated_gmt DATETIME, data LONGTEXT,
            KEY parent (parent_order_id)",
        'wc_orders_meta' => "id $id, order_id $number, meta_key VARCHAR(255), meta_value LONGTEXT, KEY of_order (order_id, meta_key(100))",
        'woocommerce_order_items' => "order_item_id $id, order_id $number, order_item_name TEXT, order_item_type VARCHAR(200),
            data LONGTEXT, meta LONGTEXT, KEY of_order (order_id)",
        'woocommerce_sessions' => "session_id $id, session_key CHAR(32) NOT NULL UNIQUE, session_value LONGTEXT NOT NULL,
            session_expiry $number",
        'actionscheduler_actions' => "id $id, hook VARCHAR(191) NOT NULL, status VARCHAR(20) NOT NULL, scheduled_gmt DATETIME NOT NULL,
            args TEXT, grp VARCHAR(191) NOT NULL DEFAULT '', every INT NOT NULL DEFAULT 0, claim $number, attempts INT NOT NULL DEFAULT 0,
            KEY due (status, scheduled_gmt)",
        'wc_stub_ids' => "what VARCHAR(40) NOT NULL PRIMARY KEY, last $number",
    ];
}
