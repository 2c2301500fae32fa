<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * One position of an order or a cart.
 */
final class Line extends Model
{
    /**
     * @param string $title
     * @param int $quantity
     * @param string|null $externalId
     * @param string|null $productExternalId
     * @param string|null $variantExternalId
     * @param string|null $sku
     * @param string|null $variantTitle
     * @param int|null $quantityCurrent After edits and refunds.
     * @param int|null $quantityFulfilled
     * @param Money|null $unitPrice
     * @param Money|null $total
     * @param string|null $imageUrl Absolute http(s) URL.
     * @param string|null $url Absolute http(s) URL.
     */
    public function __construct(
        public readonly string $title,
        public readonly int $quantity,
        public readonly ?string $externalId = null,
        public readonly ?string $productExternalId = null,
        public readonly ?string $variantExternalId = null,
        public readonly ?string $sku = null,
        public readonly ?string $variantTitle = null,
        public readonly ?int $quantityCurrent = null,
        public readonly ?int $quantityFulfilled = null,
        public readonly ?Money $unitPrice = null,
        public readonly ?Money $total = null,
        public readonly ?string $imageUrl = null,
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
        $in = new Reader($data, 'Line');
        return new self(
            title: $in->string('title'),
            quantity: $in->int('quantity'),
            externalId: $in->optionalString('external_id'),
            productExternalId: $in->optionalString('product_external_id'),
            variantExternalId: $in->optionalString('variant_external_id'),
            sku: $in->optionalString('sku'),
            variantTitle: $in->optionalString('variant_title'),
            quantityCurrent: $in->optionalInt('quantity_current'),
            quantityFulfilled: $in->optionalInt('quantity_fulfilled'),
            unitPrice: $in->optionalObject('unit_price', Money::fromArray(...)),
            total: $in->optionalObject('total', Money::fromArray(...)),
            imageUrl: $in->optionalString('image_url'),
            url: $in->optionalString('url'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'title' => $this->title,
            'quantity' => $this->quantity,
            'external_id' => $this->externalId,
            'product_external_id' => $this->productExternalId,
            'variant_external_id' => $this->variantExternalId,
            'sku' => $this->sku,
            'variant_title' => $this->variantTitle,
            'quantity_current' => $this->quantityCurrent,
            'quantity_fulfilled' => $this->quantityFulfilled,
            'unit_price' => $this->unitPrice,
            'total' => $this->total,
            'image_url' => $this->imageUrl,
            'url' => $this->url,
        ]);
    }
}
