<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * How far one participant has come. Watermarks only rise; `delivered` is never below `read`.
 */
final class Reads extends Model
{
    /**
     * @param string $kind
     * @param int $read Number of an entry in its conversation, as this audience counts.
     * @param int $delivered Number of an entry in its conversation, as this audience counts.
     * @param string|null $id
     */
    public function __construct(
        public readonly string $kind,
        public readonly int $read,
        public readonly int $delivered,
        public readonly ?string $id = null,
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
        $in = new Reader($data, 'Reads');
        return new self(
            kind: $in->string('kind'),
            read: $in->int('read'),
            delivered: $in->int('delivered'),
            id: $in->optionalString('id'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'kind' => $this->kind,
            'read' => $this->read,
            'delivered' => $this->delivered,
            'id' => $this->id,
        ]);
    }
}
