<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A shop as its plugins see it.
 */
final class PluginShop extends Model
{
    /**
     * @param string $id Id of a shop.
     * @param string $key Public key of a shop.
     * @param string $name
     * @param string $language BCP 47 tag.
     * @param string $timeZone IANA name.
     * @param string $currency ISO 4217 code.
     * @param list<string> $origins Exact origins, scheme, host and port; no path, no wildcard.
     * @param bool|null $test
     */
    public function __construct(
        public readonly string $id,
        public readonly string $key,
        public readonly string $name,
        public readonly string $language,
        public readonly string $timeZone,
        public readonly string $currency,
        public readonly array $origins,
        public readonly ?bool $test = null,
    ) {
        Check::listOf($origins, 'string', 'origins');
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
        $in = new Reader($data, 'PluginShop');
        return new self(
            id: $in->string('id'),
            key: $in->string('key'),
            name: $in->string('name'),
            language: $in->string('language'),
            timeZone: $in->string('time_zone'),
            currency: $in->string('currency'),
            origins: $in->strings('origins'),
            test: $in->optionalBool('test'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'key' => $this->key,
            'name' => $this->name,
            'language' => $this->language,
            'time_zone' => $this->timeZone,
            'currency' => $this->currency,
            'origins' => $this->origins,
            'test' => $this->test,
        ]);
    }
}
