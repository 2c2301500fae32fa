<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * LastMessage, as in the contract.
 */
final class LastMessage extends Model
{
    /**
     * @param int $seq Number of an entry in its conversation, as this audience counts.
     * @param int $at UTC milliseconds since 1970.
     * @param Author $author
     * @param string $text The first 140 characters.
     * @param int $attachments How many.
     */
    public function __construct(
        public readonly int $seq,
        public readonly int $at,
        public readonly Author $author,
        public readonly string $text,
        public readonly int $attachments,
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
        $in = new Reader($data, 'LastMessage');
        return new self(
            seq: $in->int('seq'),
            at: $in->int('at'),
            author: $in->object('author', Author::fromArray(...)),
            text: $in->string('text'),
            attachments: $in->int('attachments'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'seq' => $this->seq,
            'at' => $this->at,
            'author' => $this->author,
            'text' => $this->text,
            'attachments' => $this->attachments,
        ]);
    }
}
