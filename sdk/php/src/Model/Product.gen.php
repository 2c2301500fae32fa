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
 * A product of the shop. A snapshot should give title and url.
 */
final class Product extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string|null $title
     * @param string|null $handle
     * @param string|null $url
     * @param string|null $imageUrl
     * @param string|null $status active, draft or archived.
     * @param Money|null $priceMin
     * @param Money|null $priceMax
     * @param list<Variant>|null $variants At most 500.
     * @param int|null $updatedAt UTC milliseconds since 1970.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?string $title = null,
        public readonly ?string $handle = null,
        public readonly ?string $url = null,
        public readonly ?string $imageUrl = null,
        public readonly ?string $status = null,
        public readonly ?Money $priceMin = null,
        public readonly ?Money $priceMax = null,
        public readonly ?array $variants = null,
        public readonly ?int $updatedAt = null,
    ) {
        Check::listOf($variants, Variant::class, 'variants');
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
        $in = new Reader($data, 'Product');
        return new self(
            externalId: $in->string('external_id'),
            title: $in->optionalString('title'),
            handle: $in->optionalString('handle'),
            url: $in->optionalString('url'),
            imageUrl: $in->optionalString('image_url'),
            status: $in->optionalString('status'),
            priceMin: $in->optionalObject('price_min', Money::fromArray(...)),
            priceMax: $in->optionalObject('price_max', Money::fromArray(...)),
            variants: $in->optionalObjects('variants', Variant::fromArray(...)),
            updatedAt: $in->optionalInt('updated_at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'title' => $this->title,
            'handle' => $this->handle,
            'url' => $this->url,
            'image_url' => $this->imageUrl,
            'status' => $this->status,
            'price_min' => $this->priceMin,
            'price_max' => $this->priceMax,
            'variants' => $this->variants,
            'updated_at' => $this->updatedAt,
        ]);
    }
}
