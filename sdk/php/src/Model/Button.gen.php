<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * `url` opens a page; `reply` sends its title; `cart` puts the card's product into the cart: it is shown where the page has told the
 * widget how.
 */
final class Button extends Model
{
    /**
     * @param ButtonKind::* $kind
     * @param string $title
     * @param string|null $url Absolute http(s) URL.
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $title,
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
        $in = new Reader($data, 'Button');
        return new self(
            kind: $in->string('kind'),
            title: $in->string('title'),
            url: $in->optionalString('url'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'kind' => $this->kind,
            'title' => $this->title,
            'url' => $this->url,
        ]);
    }
}
