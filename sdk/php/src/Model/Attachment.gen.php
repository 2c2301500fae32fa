<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * An uploaded file.
 */
final class Attachment extends Model
{
    /**
     * @param string $id Id of an attachment.
     * @param string $name
     * @param string $contentType Found by looking at the bytes.
     * @param int $size Bytes.
     * @param string $url Signed link that expires; read the entry again for a fresh one.
     * @param int|null $width Pixels, of an image.
     * @param int|null $height Pixels, of an image.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly string $contentType,
        public readonly int $size,
        public readonly string $url,
        public readonly ?int $width = null,
        public readonly ?int $height = null,
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
        $in = new Reader($data, 'Attachment');
        return new self(
            id: $in->string('id'),
            name: $in->string('name'),
            contentType: $in->string('content_type'),
            size: $in->int('size'),
            url: $in->string('url'),
            width: $in->optionalInt('width'),
            height: $in->optionalInt('height'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'name' => $this->name,
            'content_type' => $this->contentType,
            'size' => $this->size,
            'url' => $this->url,
            'width' => $this->width,
            'height' => $this->height,
        ]);
    }
}
