<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * What a plugin needs from now on. Keep it where only its server can read it.
 */
final class Connection extends Model
{
    /**
     * @param ConnectedShop $shop
     * @param ConnectedKey $pluginKey
     * @param string $apiUrl Before the paths of this document.
     * @param string $loaderUrl Of the widget's script.
     * @param string $inboxUrl Where the merchant's agents work.
     * @param ConnectedSecret|null $identitySecret
     */
    public function __construct(
        public readonly ConnectedShop $shop,
        public readonly ConnectedKey $pluginKey,
        public readonly string $apiUrl,
        public readonly string $loaderUrl,
        public readonly string $inboxUrl,
        public readonly ?ConnectedSecret $identitySecret = null,
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
        $in = new Reader($data, 'Connection');
        return new self(
            shop: $in->object('shop', ConnectedShop::fromArray(...)),
            pluginKey: $in->object('plugin_key', ConnectedKey::fromArray(...)),
            apiUrl: $in->string('api_url'),
            loaderUrl: $in->string('loader_url'),
            inboxUrl: $in->string('inbox_url'),
            identitySecret: $in->optionalObject('identity_secret', ConnectedSecret::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'shop' => $this->shop,
            'plugin_key' => $this->pluginKey,
            'api_url' => $this->apiUrl,
            'loader_url' => $this->loaderUrl,
            'inbox_url' => $this->inboxUrl,
            'identity_secret' => $this->identitySecret,
        ]);
    }
}
