<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * PostalAddress, as in the contract.
 */
final class PostalAddress extends Model
{
    /**
     * @param string|null $name
     * @param string|null $city
     * @param string|null $region
     * @param string|null $postcode
     * @param string|null $country ISO 3166-1 alpha-2.
     */
    public function __construct(
        public readonly ?string $name = null,
        public readonly ?string $city = null,
        public readonly ?string $region = null,
        public readonly ?string $postcode = null,
        public readonly ?string $country = null,
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
        $in = new Reader($data, 'PostalAddress');
        return new self(
            name: $in->optionalString('name'),
            city: $in->optionalString('city'),
            region: $in->optionalString('region'),
            postcode: $in->optionalString('postcode'),
            country: $in->optionalString('country'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'name' => $this->name,
            'city' => $this->city,
            'region' => $this->region,
            'postcode' => $this->postcode,
            'country' => $this->country,
        ]);
    }
}
