<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * LineQuantity, as in the contract.
 */
final class LineQuantity extends Model
{
    /**
     * @param string $lineExternalId The platform's own id, as a string; unique per shop and kind.
     * @param int $quantity
     */
    public function __construct(
        public readonly string $lineExternalId,
        public readonly int $quantity,
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
        $in = new Reader($data, 'LineQuantity');
        return new self(
            lineExternalId: $in->string('line_external_id'),
            quantity: $in->int('quantity'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'line_external_id' => $this->lineExternalId,
            'quantity' => $this->quantity,
        ]);
    }
}
