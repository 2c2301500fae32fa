<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * The shopper's latest order, in short.
 */
final class OrderSummary extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string $number
     * @param int $at UTC milliseconds since 1970.
     * @param Money|null $total
     * @param FinancialStatus::*|null $financialStatus
     * @param FulfillmentStatus::*|null $fulfillmentStatus
     */
    public function __construct(
        public readonly string $externalId,
        public readonly string $number,
        public readonly int $at,
        public readonly ?Money $total = null,
        public readonly ?string $financialStatus = null,
        public readonly ?string $fulfillmentStatus = null,
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
        $in = new Reader($data, 'OrderSummary');
        return new self(
            externalId: $in->string('external_id'),
            number: $in->string('number'),
            at: $in->int('at'),
            total: $in->optionalObject('total', Money::fromArray(...)),
            financialStatus: $in->optionalString('financial_status'),
            fulfillmentStatus: $in->optionalString('fulfillment_status'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'number' => $this->number,
            'at' => $this->at,
            'total' => $this->total,
            'financial_status' => $this->financialStatus,
            'fulfillment_status' => $this->fulfillmentStatus,
        ]);
    }
}
