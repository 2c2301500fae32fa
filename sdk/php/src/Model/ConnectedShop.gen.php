<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * ConnectedShop, as in the contract.
 */
final class ConnectedShop extends Model
{
    /**
     * @param string $id Id of a shop.
     * @param string $key Public key of a shop.
     * @param string $name
     * @param bool|null $test
     */
    public function __construct(
        public readonly string $id,
        public readonly string $key,
        public readonly string $name,
        public readonly ?bool $test = null,
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
        $in = new Reader($data, 'ConnectedShop');
        return new self(
            id: $in->string('id'),
            key: $in->string('key'),
            name: $in->string('name'),
            test: $in->optionalBool('test'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'key' => $this->key,
            'name' => $this->name,
            'test' => $this->test,
        ]);
    }
}
