<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Who did it. Shoppers see an agent's id and name, nothing more.
 */
final class Author extends Model
{
    /**
     * @param AuthorKind::* $kind Plugins speak for software of the shop; the system speaks for Tagalong itself.
     * @param string|null $id
     * @param string|null $name
     */
    public function __construct(
        public readonly string $kind,
        public readonly ?string $id = null,
        public readonly ?string $name = null,
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
        $in = new Reader($data, 'Author');
        return new self(
            kind: $in->string('kind'),
            id: $in->optionalString('id'),
            name: $in->optionalString('name'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'kind' => $this->kind,
            'id' => $this->id,
            'name' => $this->name,
        ]);
    }
}
