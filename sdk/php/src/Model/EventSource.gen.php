<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * What sent the event.
 */
final class EventSource extends Model
{
    /**
     * @param string $platform
     * @param string|null $plugin Version of the plugin.
     * @param string|null $platformVersion
     */
    public function __construct(
        public readonly string $platform,
        public readonly ?string $plugin = null,
        public readonly ?string $platformVersion = null,
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
        $in = new Reader($data, 'EventSource');
        return new self(
            platform: $in->string('platform'),
            plugin: $in->optionalString('plugin'),
            platformVersion: $in->optionalString('platform_version'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'platform' => $this->platform,
            'plugin' => $this->plugin,
            'platform_version' => $this->platformVersion,
        ]);
    }
}
