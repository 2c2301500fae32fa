<?php

/** Puts pages, products and customers into the shop, and activates the plugin under test. Run by `php furnish.php`, after install.php. */

error_reporting(E_ALL & ~E_DEPRECATED);
require getcwd() . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

update_option('woocommerce_currency', 'EUR');
$pages = [
    'shop' => ['Shop', '[products]'], 'cart' => ['Cart', '[woocommerce_cart]'], 'checkout' => ['Checkout', '[woocommerce_checkout]'],
    'block_checkout' => ['Block checkout', '[woocommerce_block_checkout]'], 'myaccount' => ['Account', '[woocommerce_my_account]'],
];
foreach ($pages as $page => [$title, $content]) {
    $id = wp_insert_post(['post_type' => 'page', 'post_status' => 'publish', 'post_title' => $title, 'post_content' => $content]);
    update_option("woocommerce_{$page}_page_id", $id);
}
update_option('show_on_front', 'page');
update_option('page_on_front', wc_get_page_id('shop'));

foreach ([['Blue Mug', 'MUG-1', '14.50'], ['Red Mug', 'MUG-2', '9.90'], ['Tea Pot', 'POT-1', '32.00']] as [$name, $sku, $price]) {
    $product = new WC_Product_Simple();
    $product->set_name($name);
    $product->set_sku($sku);
    $product->set_regular_price($price);
    $product->set_manage_stock(true);
    $product->set_stock_quantity(10000);
    $product->save();
}

$customer = new WC_Customer();
$customer->set_username('cora');
$customer->set_email('cora@example.test');
$customer->set_first_name('Cora');
$customer->set_last_name('Lind');
$customer->set_password(getenv('CUSTOMER_PASSWORD'));
$customer->set_billing_first_name('Cora');
$customer->set_billing_last_name('Lind');
$customer->set_billing_email('cora@example.test');
$customer->save();

flush_rewrite_rules(false);

foreach (array_filter(explode(' ', (string) getenv('PLUGINS'))) as $plugin) {
    $failed = activate_plugin($plugin);
    if (is_wp_error($failed)) {
        fwrite(STDERR, "$plugin: " . $failed->get_error_message() . "\n");
        exit(1);
    }
}
