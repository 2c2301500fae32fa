<?php

declare(strict_types=1);

namespace TagalongChat\Read;

use TagalongChat\Map\Moment;
use TagalongChat\Map\Shopper;

/** An order of this shop in the form that WooCommerce's REST API gives it, and what the plugin knows beside that under "tagalong". */
final class OrderReader
{
    /** @return array<string, mixed>|null null where there is none: it is gone, or a refund, or another plugin's kind */
    public static function read(int $id): ?array
    {
        $order = wc_get_order($id);
        return $order instanceof \WC_Order && $order->get_type() === 'shop_order' ? self::of($order) : null;
    }

    public static function isGone(int $id): bool
    {
        return !wc_get_order($id) instanceof \WC_Abstract_Order;
    }

    /** @return array<string, mixed> */
    public static function of(\WC_Order $order): array
    {
        $items = array_filter($order->get_items('line_item'), static fn (mixed $item): bool => $item instanceof \WC_Order_Item_Product);
        $shipments = Shipments::of($order);
        return [
            'id' => $order->get_id(),
            'status' => $order->get_status(),
            'currency' => $order->get_currency(),
            'date_created_gmt' => Moment::rest($order->get_date_created()),
            'date_modified_gmt' => Moment::rest($order->get_date_modified()),
            'date_paid_gmt' => Moment::rest($order->get_date_paid()),
            'date_completed_gmt' => Moment::rest($order->get_date_completed()),
            'discount_total' => $order->get_discount_total(),
            'shipping_total' => $order->get_shipping_total(),
            'total' => $order->get_total(),
            'total_tax' => $order->get_total_tax(),
            'customer_id' => $order->get_customer_id(),
            'order_key' => $order->get_order_key(),
            'billing' => self::billing($order),
            'shipping' => self::shipping($order),
            'payment_method_title' => $order->get_payment_method_title(),
            'created_via' => $order->get_created_via(),
            'customer_note' => $order->get_customer_note(),
            'number' => (string) $order->get_order_number(),
            'meta_data' => self::meta($order),
            'line_items' => array_values(array_map(self::line(...), $items)),
            'shipping_lines' => array_values(array_map(
                static fn (\WC_Order_Item $item): array => ['method_title' => $item->get_name()],
                $order->get_items('shipping'),
            )),
            'coupon_lines' => array_map(static fn (mixed $code): array => ['code' => (string) $code], $order->get_coupon_codes()),
            'refunds' => array_map(self::refund(...), $order->get_refunds()),
            'tagalong' => [
                'url_admin' => $order->get_edit_order_url(),
                'url_status' => $order->get_customer_id() === 0 ? null : $order->get_view_order_url(),
                'fulfillment_status' => apply_filters('tagalong_chat_fulfillment_status', null, $order),
                'nothing_to_ship' => $items !== [] && self::areVirtual($items),
                'lines' => self::more($order, $items),
                'shipments' => $shipments,
                'recovery_url' => Recovery::ofOrder($order),
            ],
        ];
    }

    /** @return array<string, string> */
    private static function billing(\WC_Order $order): array
    {
        return [
            'first_name' => $order->get_billing_first_name(),
            'last_name' => $order->get_billing_last_name(),
            'city' => $order->get_billing_city(),
            'state' => $order->get_billing_state(),
            'postcode' => $order->get_billing_postcode(),
            'country' => $order->get_billing_country(),
            'email' => $order->get_billing_email(),
            'phone' => $order->get_billing_phone(),
        ];
    }

    /** @return array<string, string> */
    private static function shipping(\WC_Order $order): array
    {
        return [
            'first_name' => $order->get_shipping_first_name(),
            'last_name' => $order->get_shipping_last_name(),
            'city' => $order->get_shipping_city(),
            'state' => $order->get_shipping_state(),
            'postcode' => $order->get_shipping_postcode(),
            'country' => $order->get_shipping_country(),
        ];
    }

    /** Only what the map reads: an order's metadata is full of other plugins' secrets. */
    private static function meta(\WC_Order $order): array
    {
        $keys = [Shopper::META, Shopper::CART_META, '_wc_shipment_tracking_items'];
        foreach (['utm_source', 'utm_medium', 'utm_campaign', 'session_entry', 'referrer'] as $name) {
            $keys[] = "_wc_order_attribution_$name";
        }
        $all = [];
        foreach ($keys as $key) {
            $value = $order->get_meta($key, true);
            if ($value !== '' && $value !== null) {
                $all[] = ['key' => $key, 'value' => $value];
            }
        }
        return $all;
    }

    /** @return array<string, mixed> */
    private static function line(\WC_Order_Item_Product $item): array
    {
        return [
            'id' => $item->get_id(),
            'name' => $item->get_name(),
            'product_id' => $item->get_product_id(),
            'variation_id' => $item->get_variation_id(),
            'quantity' => $item->get_quantity(),
            'subtotal' => $item->get_subtotal(),
            'total' => $item->get_total(),
            'sku' => ProductReader::productOf($item)?->get_sku(),
            'image' => ['src' => ProductReader::image(ProductReader::productOf($item))],
        ];
    }

    /** @return array<string, mixed> */
    private static function refund(\WC_Order_Refund $refund): array
    {
        return [
            'id' => $refund->get_id(),
            'amount' => $refund->get_amount(),
            'reason' => $refund->get_reason(),
            'date_created_gmt' => Moment::rest($refund->get_date_created()),
        ];
    }

    /** @param array<\WC_Order_Item_Product> $items */
    private static function areVirtual(array $items): bool
    {
        foreach ($items as $item) {
            if (ProductReader::productOf($item)?->is_virtual() !== true) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param array<\WC_Order_Item_Product> $items
     *
     * @return array<string, array<string, mixed>>
     */
    private static function more(\WC_Order $order, array $items): array
    {
        $all = [];
        foreach ($items as $item) {
            $refunded = abs((int) $order->get_qty_refunded_for_item($item->get_id()));
            $all[(string) $item->get_id()] = [
                'quantity_refunded' => $refunded === 0 ? null : $refunded,
                'url' => ProductReader::productOf($item)?->get_permalink(),
            ];
        }
        return $all;
    }
}
