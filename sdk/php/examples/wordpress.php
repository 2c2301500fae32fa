<?php

/**
 * Plugin Name: Tagalong in a few lines
 *
 * The skeleton of a WordPress plugin: requests go through WordPress's HTTP API, changed orders are collected during a request and
 * pushed once at its end.
 */

require __DIR__ . '/../autoload.php';

use Tagalong\Client;
use Tagalong\EventFactory;
use Tagalong\Exception\TagalongException;
use Tagalong\Http\WordPressTransport;
use Tagalong\Model\EventSource;
use Tagalong\Model\Order;
use Tagalong\Model\Totals;
use Tagalong\Money;
use Tagalong\Options;
use Tagalong\Time;

function my_plugin_client(): Client
{
    $options = new Options(deadline: 5, userAgent: 'my-plugin/1.0', transport: new WordPressTransport());
    $settings = get_option('my_plugin');
    return new Client($settings['url'], $settings['shop'], $settings['key'], $options);
}

function my_plugin_push(int ...$ids): void
{
    $events = new EventFactory(new EventSource('woocommerce', '1.0', WC_VERSION));
    $snapshots = [];
    foreach (array_unique($ids) as $id) {
        $order = wc_get_order($id);
        $changed = $order->get_date_modified();
        $snapshots[] = $events->snapshot(new Order(
            (string) $id,
            number: $order->get_order_number(),
            updatedAt: Time::millis($changed),
            currency: $order->get_currency(),
            totals: new Totals(total: Money::parse((string) $order->get_total(), $order->get_currency())),
            statusRaw: $order->get_status(),
        ), $changed);
    }
    try {
        my_plugin_client()->pushEvents($snapshots);
    } catch (TagalongException $e) {
        error_log($e->getMessage()); // a real plugin keeps the ids and tries again: see outbox.php
    }
}

add_action('woocommerce_update_order', function (int $id): void {
    static $changed = [];
    if ($changed === []) {
        add_action('shutdown', function () use (&$changed): void {
            my_plugin_push(...$changed);
        });
    }
    $changed[] = $id;
});
