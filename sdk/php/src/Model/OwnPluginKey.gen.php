<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * The calling key, and the shop that it opens.
 */
final class OwnPluginKey extends Model
{
    /**
     * @param string $id Id of a plugin key.
     * @param string $name
     * @param list<string> $scopes
     * @param PluginShop $shop
     */
    public function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly array $scopes,
        public readonly PluginShop $shop,
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
        $in = new Reader($data, 'OwnPluginKey');
        return new self(
            id: $in->string('id'),
            name: $in->string('name'),
            scopes: $in->strings('scopes'),
            shop: $in->object('shop', PluginShop::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'name' => $this->name,
            'scopes' => $this->scopes,
            'shop' => $this->shop,
        ]);
    }
}
