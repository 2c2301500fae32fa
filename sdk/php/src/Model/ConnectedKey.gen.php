<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * ConnectedKey, as in the contract.
 */
final class ConnectedKey extends Model
{
    /**
     * @param string $id Id of a plugin key.
     * @param string $key The key itself, `tgk_…`; shown this once.
     * @param list<string> $scopes
     */
    public function __construct(
        public readonly string $id,
        public readonly string $key,
        public readonly array $scopes,
    ) {
        Check::listOf($scopes, 'string', 'scopes');
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
        $in = new Reader($data, 'ConnectedKey');
        return new self(
            id: $in->string('id'),
            key: $in->string('key'),
            scopes: $in->strings('scopes'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'key' => $this->key,
            'scopes' => $this->scopes,
        ]);
    }
}
