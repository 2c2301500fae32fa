<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Tracking, as in the contract.
 */
final class Tracking extends Model
{
    /**
     * @param string $number
     * @param string|null $url
     */
    public function __construct(
        public readonly string $number,
        public readonly ?string $url = null,
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
        $in = new Reader($data, 'Tracking');
        return new self(
            number: $in->string('number'),
            url: $in->optionalString('url'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'number' => $this->number,
            'url' => $this->url,
        ]);
    }
}
