<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * PageProduct, as in the contract.
 */
final class PageProduct extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string $title
     * @param string|null $url Absolute http(s) URL.
     * @param string|null $imageUrl Absolute http(s) URL.
     * @param Money|null $price
     */
    public function __construct(
        public readonly string $externalId,
        public readonly string $title,
        public readonly ?string $url = null,
        public readonly ?string $imageUrl = null,
        public readonly ?Money $price = null,
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
        $in = new Reader($data, 'PageProduct');
        return new self(
            externalId: $in->string('external_id'),
            title: $in->string('title'),
            url: $in->optionalString('url'),
            imageUrl: $in->optionalString('image_url'),
            price: $in->optionalObject('price', Money::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'title' => $this->title,
            'url' => $this->url,
            'image_url' => $this->imageUrl,
            'price' => $this->price,
        ]);
    }
}
