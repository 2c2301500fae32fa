<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A parcel of an order; it may come before its order. A snapshot must give order_external_id. `events` is a set by id: new ones are
 * added, none is taken away.
 */
final class Shipment extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string|null $orderExternalId
     * @param ShipmentStatus::*|null $status
     * @param string|null $statusRaw
     * @param string|null $carrier
     * @param string|null $carrierCode
     * @param list<Tracking>|null $tracking At most 100.
     * @param list<LineQuantity>|null $lines At most 500.
     * @param int|null $shippedAt UTC milliseconds since 1970.
     * @param int|null $estimatedDeliveryAt UTC milliseconds since 1970.
     * @param int|null $deliveredAt UTC milliseconds since 1970.
     * @param list<ShipmentEvent>|null $events At most 500.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?string $orderExternalId = null,
        public readonly ?string $status = null,
        public readonly ?string $statusRaw = null,
        public readonly ?string $carrier = null,
        public readonly ?string $carrierCode = null,
        public readonly ?array $tracking = null,
        public readonly ?array $lines = null,
        public readonly ?int $shippedAt = null,
        public readonly ?int $estimatedDeliveryAt = null,
        public readonly ?int $deliveredAt = null,
        public readonly ?array $events = null,
    ) {
        Check::listOf($tracking, Tracking::class, 'tracking');
        Check::listOf($lines, LineQuantity::class, 'lines');
        Check::listOf($events, ShipmentEvent::class, 'events');
    }

    /**
     * Reads it from decoded JSON; fields that it does not know are left out.
     *
     * @param array<mixed> $data
     *
     * @throws \Tagalong\Exception\MalformedException where a field is missing or of another type
     */
    public static function fromArray(array $data): self
    {
        $in = new Reader($data, 'Shipment');
        return new self(
            externalId: $in->string('external_id'),
            orderExternalId: $in->optionalString('order_external_id'),
            status: $in->optionalString('status'),
            statusRaw: $in->optionalString('status_raw'),
            carrier: $in->optionalString('carrier'),
            carrierCode: $in->optionalString('carrier_code'),
            tracking: $in->optionalObjects('tracking', Tracking::fromArray(...)),
            lines: $in->optionalObjects('lines', LineQuantity::fromArray(...)),
            shippedAt: $in->optionalInt('shipped_at'),
            estimatedDeliveryAt: $in->optionalInt('estimated_delivery_at'),
            deliveredAt: $in->optionalInt('delivered_at'),
            events: $in->optionalObjects('events', ShipmentEvent::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'order_external_id' => $this->orderExternalId,
            'status' => $this->status,
            'status_raw' => $this->statusRaw,
            'carrier' => $this->carrier,
            'carrier_code' => $this->carrierCode,
            'tracking' => $this->tracking,
            'lines' => $this->lines,
            'shipped_at' => $this->shippedAt,
            'estimated_delivery_at' => $this->estimatedDeliveryAt,
            'delivered_at' => $this->deliveredAt,
            'events' => $this->events,
        ]);
    }
}
