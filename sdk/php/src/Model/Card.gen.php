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
 * A product or another thing to look at.
 */
final class Card extends Model
{
    /**
     * @param string $title
     * @param string|null $subtitle
     * @param string|null $imageUrl Absolute http(s) URL.
     * @param string|null $url Absolute http(s) URL.
     * @param Money|null $price
     * @param string|null $product The `external_id` of the product.
     * @param string|null $variant The `external_id` of its variant.
     * @param list<Button>|null $buttons At most 3.
     */
    public function __construct(
        public readonly string $title,
        public readonly ?string $subtitle = null,
        public readonly ?string $imageUrl = null,
        public readonly ?string $url = null,
        public readonly ?Money $price = null,
        public readonly ?string $product = null,
        public readonly ?string $variant = null,
        public readonly ?array $buttons = null,
    ) {
        Check::listOf($buttons, Button::class, 'buttons');
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
        $in = new Reader($data, 'Card');
        return new self(
            title: $in->string('title'),
            subtitle: $in->optionalString('subtitle'),
            imageUrl: $in->optionalString('image_url'),
            url: $in->optionalString('url'),
            price: $in->optionalObject('price', Money::fromArray(...)),
            product: $in->optionalString('product'),
            variant: $in->optionalString('variant'),
            buttons: $in->optionalObjects('buttons', Button::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'title' => $this->title,
            'subtitle' => $this->subtitle,
            'image_url' => $this->imageUrl,
            'url' => $this->url,
            'price' => $this->price,
            'product' => $this->product,
            'variant' => $this->variant,
            'buttons' => $this->buttons,
        ]);
    }
}
