<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * ShipmentEvent, as in the contract.
 */
final class ShipmentEvent extends Model
{
    /**
     * @param string $id
     * @param ShipmentStatus::* $status
     * @param int $at UTC milliseconds since 1970.
     * @param string|null $message
     * @param string|null $location
     */
    public function __construct(
        public readonly string $id,
        public readonly string $status,
        public readonly int $at,
        public readonly ?string $message = null,
        public readonly ?string $location = null,
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
        $in = new Reader($data, 'ShipmentEvent');
        return new self(
            id: $in->string('id'),
            status: $in->string('status'),
            at: $in->int('at'),
            message: $in->optionalString('message'),
            location: $in->optionalString('location'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'status' => $this->status,
            'at' => $this->at,
            'message' => $this->message,
            'location' => $this->location,
        ]);
    }
}
