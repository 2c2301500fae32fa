<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\FulfillmentStatus;
use Tagalong\Model\LineQuantity;
use Tagalong\Model\Shipment;
use Tagalong\Model\ShipmentStatus;
use Tagalong\Model\Tracking;

/**
 * An order's parcels. WooCommerce has none of its own up to version 10; they come, in this order, from
 *
 * 1. "tagalong" › "shipments": the Fulfillments of newer versions and the filter `tagalong_chat_shipments`, put there by the reader;
 * 2. the metadata `_wc_shipment_tracking_items` of the Shipment Tracking plugins.
 *
 * None of them tells of a delivery, except the filter.
 */
final class ShipmentMap
{
    private const NOT_SENT = [ShipmentStatus::CANCELLED, ShipmentStatus::LABEL_CREATED, ShipmentStatus::CONFIRMED];

    /** @return list<Shipment> */
    public static function shipments(Fields $o): array
    {
        $order = (string) $o->id('id');
        $given = array_map(
            static fn (Fields $one): ?Shipment => self::given($order, $one),
            $o->part('tagalong')->parts('shipments'),
        );
        $all = array_filter($given) ?: array_filter(array_map(
            static fn (Fields $item): ?Shipment => self::tracked($order, $item),
            Fields::of(['items' => $o->meta('_wc_shipment_tracking_items')])->parts('items'),
        ));
        $unique = [];
        foreach ($all as $shipment) {
            $unique[$shipment->externalId] = $shipment;
        }
        return array_values(array_slice($unique, 0, 90)); // with their order they fit into one batch
    }

    /**
     * How far the parcels bring an order that is not completed; null where none is on its way. One that does not say what is in it
     * brings it a part of the way: whether that was all, the shop says by completing the order.
     */
    public static function progress(Fields $o): ?string
    {
        $onTheWay = static fn (Shipment $one): bool => !in_array($one->status, self::NOT_SENT, true);
        $shipments = array_filter(self::shipments($o), $onTheWay);
        if ($shipments === []) {
            return null;
        }
        $sent = [];
        foreach ($shipments as $shipment) {
            foreach ($shipment->lines ?? [] as $line) {
                $sent[$line->lineExternalId] = ($sent[$line->lineExternalId] ?? 0) + $line->quantity;
            }
        }
        foreach ($o->parts('line_items') as $item) {
            if (($sent[$item->id('id')] ?? 0) < $item->count('quantity')) {
                return FulfillmentStatus::PARTIAL;
            }
        }
        return FulfillmentStatus::FULFILLED;
    }

    /** A parcel that was told of and is gone from the order. Shipments are not deleted. */
    public static function cancelled(string $order, string $externalId): Shipment
    {
        return new Shipment($externalId, orderExternalId: $order, status: ShipmentStatus::CANCELLED, statusRaw: 'removed');
    }

    private static function given(string $order, Fields $one): ?Shipment
    {
        $id = $one->id('id');
        if ($id === null) {
            return null;
        }
        $status = $one->text('status');
        $known = in_array($status, (new \ReflectionClass(ShipmentStatus::class))->getConstants(), true);
        return new Shipment(
            "$order:$id",
            orderExternalId: $order,
            status: $known ? $status : ShipmentStatus::SHIPPED,
            statusRaw: $one->text('status_raw') ?? ($known ? null : $status),
            carrier: $one->text('carrier'),
            tracking: self::tracking($one->text('tracking_number'), $one->text('tracking_url')),
            lines: self::lines($one->parts('lines')),
            shippedAt: $one->millis('shipped_at'),
            estimatedDeliveryAt: $one->millis('estimated_delivery_at'),
            deliveredAt: $one->millis('delivered_at'),
        );
    }

    private static function tracked(string $order, Fields $item): ?Shipment
    {
        $number = $item->text('tracking_number');
        if ($number === null) {
            return null;
        }
        $id = $item->text('tracking_id') ?? substr(hash('sha256', $number), 0, 16);
        $code = $item->text('tracking_provider');
        $link = $item->text('custom_tracking_link') ?? $item->text('formatted_tracking_link');
        $shipped = $item->count('date_shipped') === 0 ? null : (int) $item->text('date_shipped');
        return new Shipment(
            "$order:$id",
            orderExternalId: $order,
            status: ShipmentStatus::SHIPPED,
            carrier: $item->text('custom_tracking_provider') ?? Carriers::name($code),
            carrierCode: $code,
            tracking: self::tracking($number, $link ?? Carriers::link($code, $number)),
            shippedAt: $shipped === null || $shipped < 1 ? null : $shipped * 1000,
        );
    }

    /** @return list<Tracking>|null */
    private static function tracking(?string $number, ?string $url): ?array
    {
        return $number === null ? null : [new Tracking($number, url: Link::of($url))];
    }

    /**
     * @param list<Fields> $lines
     *
     * @return list<LineQuantity>|null
     */
    private static function lines(array $lines): ?array
    {
        $all = [];
        foreach ($lines as $line) {
            $id = $line->id('line_id');
            if ($id !== null && $line->count('quantity') > 0) {
                $all[] = new LineQuantity($id, $line->count('quantity'));
            }
        }
        return $all === [] ? null : $all;
    }
}
