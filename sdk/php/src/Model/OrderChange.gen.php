<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * What happened to an order.
 */
final class OrderChange extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param OrderTransition::* $change Found by the server, comparing the order before and after.
     * @param string|null $number
     * @param FinancialStatus::*|null $financialStatus
     * @param FulfillmentStatus::*|null $fulfillmentStatus
     * @param Money|null $total
     * @param string|null $shipment The `external_id` of the parcel, with `shipped`, `out_for_delivery` and `delivered`.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly string $change,
        public readonly ?string $number = null,
        public readonly ?string $financialStatus = null,
        public readonly ?string $fulfillmentStatus = null,
        public readonly ?Money $total = null,
        public readonly ?string $shipment = null,
    ) {
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
        $in = new Reader($data, 'OrderChange');
        return new self(
            externalId: $in->string('external_id'),
            change: $in->string('change'),
            number: $in->optionalString('number'),
            financialStatus: $in->optionalString('financial_status'),
            fulfillmentStatus: $in->optionalString('fulfillment_status'),
            total: $in->optionalObject('total', Money::fromArray(...)),
            shipment: $in->optionalString('shipment'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'change' => $this->change,
            'number' => $this->number,
            'financial_status' => $this->financialStatus,
            'fulfillment_status' => $this->fulfillmentStatus,
            'total' => $this->total,
            'shipment' => $this->shipment,
        ]);
    }
}
