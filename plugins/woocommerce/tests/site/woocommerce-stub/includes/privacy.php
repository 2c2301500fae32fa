<?php

/** What WordPress's own tools for personal data find of a buyer, and take away. */

defined('ABSPATH') || exit;

add_filter('wp_privacy_personal_data_exporters', function ($exporters) {
    $exporters['woocommerce-customer-orders'] = [
        'exporter_friendly_name' => 'Customer orders',
        'callback' => function ($email, $page = 1) {
            $orders = wc_get_orders(['type' => 'shop_order', 'limit' => 10, 'page' => $page, 'customer' => [$email]]);
            $data = array_map(fn ($order) => [
                'group_id' => 'woocommerce_orders', 'group_label' => 'Orders', 'item_id' => 'order-' . $order->get_id(),
                'data' => [['name' => 'Order number', 'value' => $order->get_order_number()],
                    ['name' => 'Total', 'value' => $order->get_total()]],
            ], $orders);
            return ['data' => $data, 'done' => count($orders) < 10];
        },
    ];
    return $exporters;
});

add_filter('wp_privacy_personal_data_erasers', function ($erasers) {
    $erasers['woocommerce-customer-orders'] = [
        'eraser_friendly_name' => 'Customer orders',
        'callback' => function ($email, $page = 1) {
            $orders = wc_get_orders(['type' => 'shop_order', 'limit' => 10, 'customer' => [$email]]);
            foreach ($orders as $order) {
                wc_stub_anonymise($order);
            }
            return ['items_removed' => $orders !== [], 'items_retained' => false, 'messages' => [], 'done' => true];
        },
    ];
    return $erasers;
});

function wc_stub_anonymise($order)
{
    do_action('woocommerce_privacy_before_remove_order_personal_data', $order);
    foreach (['billing', 'shipping'] as $which) {
        $order->{"set_$which"}(array_fill_keys(array_keys($order->get_address($which)), ''));
    }
    $order->set_customer_id(0);
    $order->set_customer_ip_address('');
    $order->set_customer_user_agent('');
    $order->update_meta_data('_anonymized', 'yes');
    $order->save();
    do_action('woocommerce_privacy_remove_order_personal_data', $order);
}
