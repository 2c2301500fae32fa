<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Where the shopper is. Secrets are stripped from the URL by the server again.
 */
final class Page extends Model
{
    /**
     * @param string $url Absolute http(s) URL.
     * @param string|null $title
     * @param PageProduct|null $product
     */
    public function __construct(
        public readonly string $url,
        public readonly ?string $title = null,
        public readonly ?PageProduct $product = null,
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
        $in = new Reader($data, 'Page');
        return new self(
            url: $in->string('url'),
            title: $in->optionalString('title'),
            product: $in->optionalObject('product', PageProduct::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'url' => $this->url,
            'title' => $this->title,
            'product' => $this->product,
        ]);
    }
}
