<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * The latest parcel.
 */
final class OrderCardShipment extends Model
{
    /**
     * @param ShipmentStatus::*|null $status
     * @param string|null $carrier
     * @param string|null $number Tracking number.
     * @param string|null $url Of the carrier's tracking page; https only.
     */
    public function __construct(
        public readonly ?string $status = null,
        public readonly ?string $carrier = null,
        public readonly ?string $number = null,
        public readonly ?string $url = null,
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
        $in = new Reader($data, 'OrderCardShipment');
        return new self(
            status: $in->optionalString('status'),
            carrier: $in->optionalString('carrier'),
            number: $in->optionalString('number'),
            url: $in->optionalString('url'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'status' => $this->status,
            'carrier' => $this->carrier,
            'number' => $this->number,
            'url' => $this->url,
        ]);
    }
}
