<?php

declare(strict_types=1);

namespace TagalongChat\Read;

use Automattic\WooCommerce\Utilities\FeaturesUtil;
use TagalongChat\Map\Carriers;

/**
 * An order's parcels from where they may be: the Fulfillments of WooCommerce (beta, behind a switch, in another namespace with each
 * version: asked for by its data store's name), and the filter `tagalong_chat_shipments`, which has the last word:
 *
 *     add_filter('tagalong_chat_shipments', fn (array $shipments, WC_Order $order): array => [...$shipments, [
 *         'id' => 'parcel-1', 'status' => 'delivered', 'carrier' => 'DHL', 'tracking_number' => '…', 'tracking_url' => 'https://…',
 *         'shipped_at' => '2026-11-20T08:00:00Z', 'delivered_at' => '2026-11-22T10:12:00Z',
 *         'lines' => [['line_id' => 4, 'quantity' => 1]],
 *     ]], 10, 2);
 */
final class Shipments
{
    /** @return list<array<string, mixed>> */
    public static function of(\WC_Order $order): array
    {
        $all = apply_filters('tagalong_chat_shipments', self::fulfillments($order), $order);
        return array_values(array_filter(is_array($all) ? $all : [], 'is_array'));
    }

    /** @return list<array<string, mixed>> */
    private static function fulfillments(\WC_Order $order): array
    {
        try {
            if (!FeaturesUtil::feature_is_enabled('fulfillments')) {
                return [];
            }
            $all = \WC_Data_Store::load('order-fulfillment')->read_fulfillments(\WC_Order::class, (string) $order->get_id());
            $parcels = array_filter((array) $all, static fn (mixed $one): bool => is_object($one) && $one->get_is_fulfilled());
            return array_values(array_map(self::fulfillment(...), $parcels));
        } catch (\Throwable) { // an older WooCommerce has none of this, and a newer one may have it otherwise
            return [];
        }
    }

    /** @return array<string, mixed> */
    private static function fulfillment(object $one): array
    {
        $lines = [];
        foreach ((array) $one->get_items() as $item) {
            $lines[] = ['line_id' => $item['item_id'] ?? null, 'quantity' => $item['qty'] ?? 0];
        }
        return [
            'id' => 'f' . $one->get_id(),
            'status' => 'shipped',
            'status_raw' => $one->get_status(),
            'carrier' => Carriers::name((string) ($one->get_meta('_provider_name') ?: $one->get_meta('_shipment_provider'))),
            'tracking_number' => $one->get_meta('_tracking_number'),
            'tracking_url' => $one->get_meta('_tracking_url'),
            'shipped_at' => $one->get_date_fulfilled(),
            'lines' => $lines,
        ];
    }
}
