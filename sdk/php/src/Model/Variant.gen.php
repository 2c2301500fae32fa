<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * Variant, as in the contract.
 */
final class Variant extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string|null $title
     * @param string|null $sku
     * @param Money|null $price
     * @param int|null $available How many are in stock.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?string $title = null,
        public readonly ?string $sku = null,
        public readonly ?Money $price = null,
        public readonly ?int $available = null,
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
        $in = new Reader($data, 'Variant');
        return new self(
            externalId: $in->string('external_id'),
            title: $in->optionalString('title'),
            sku: $in->optionalString('sku'),
            price: $in->optionalObject('price', Money::fromArray(...)),
            available: $in->optionalInt('available'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'title' => $this->title,
            'sku' => $this->sku,
            'price' => $this->price,
            'available' => $this->available,
        ]);
    }
}
