<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * The order as it was when an agent or plugin sent `order`, made by the server. A copy: it stays as it was said.
 */
final class OrderCard extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string $number
     * @param list<OrderCardItem> $items At most 3.
     * @param int $more How many lines are not among `items`.
     * @param int|null $placedAt UTC milliseconds since 1970.
     * @param Money|null $total
     * @param FinancialStatus::*|null $financialStatus
     * @param FulfillmentStatus::*|null $fulfillmentStatus
     * @param bool|null $cancelled
     * @param OrderCardShipment|null $shipment
     */
    public function __construct(
        public readonly string $externalId,
        public readonly string $number,
        public readonly array $items,
        public readonly int $more,
        public readonly ?int $placedAt = null,
        public readonly ?Money $total = null,
        public readonly ?string $financialStatus = null,
        public readonly ?string $fulfillmentStatus = null,
        public readonly ?bool $cancelled = null,
        public readonly ?OrderCardShipment $shipment = null,
    ) {
        Check::listOf($items, OrderCardItem::class, 'items');
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
        $in = new Reader($data, 'OrderCard');
        return new self(
            externalId: $in->string('external_id'),
            number: $in->string('number'),
            items: $in->objects('items', OrderCardItem::fromArray(...)),
            more: $in->int('more'),
            placedAt: $in->optionalInt('placed_at'),
            total: $in->optionalObject('total', Money::fromArray(...)),
            financialStatus: $in->optionalString('financial_status'),
            fulfillmentStatus: $in->optionalString('fulfillment_status'),
            cancelled: $in->optionalBool('cancelled'),
            shipment: $in->optionalObject('shipment', OrderCardShipment::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'number' => $this->number,
            'items' => $this->items,
            'more' => $this->more,
            'placed_at' => $this->placedAt,
            'total' => $this->total,
            'financial_status' => $this->financialStatus,
            'fulfillment_status' => $this->fulfillmentStatus,
            'cancelled' => $this->cancelled,
            'shipment' => $this->shipment,
        ]);
    }
}
