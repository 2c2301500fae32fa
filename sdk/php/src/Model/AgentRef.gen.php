<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * An agent, in short.
 */
final class AgentRef extends Model
{
    /**
     * @param string $id Id of an agent.
     * @param string $name
     */
    public function __construct(
        public readonly string $id,
        public readonly string $name,
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
        $in = new Reader($data, 'AgentRef');
        return new self(
            id: $in->string('id'),
            name: $in->string('name'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'name' => $this->name,
        ]);
    }
}
