<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * OrderCardItem, as in the contract.
 */
final class OrderCardItem extends Model
{
    /**
     * @param string $title
     * @param int $quantity
     * @param string|null $imageUrl
     */
    public function __construct(
        public readonly string $title,
        public readonly int $quantity,
        public readonly ?string $imageUrl = null,
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
        $in = new Reader($data, 'OrderCardItem');
        return new self(
            title: $in->string('title'),
            quantity: $in->int('quantity'),
            imageUrl: $in->optionalString('image_url'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'title' => $this->title,
            'quantity' => $this->quantity,
            'image_url' => $this->imageUrl,
        ]);
    }
}
