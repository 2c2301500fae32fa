<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * The buyer as an order or a cart names them.
 */
final class CustomerRef extends Model
{
    /**
     * @param string|null $externalId
     * @param string|null $email
     * @param string|null $phone E.164.
     */
    public function __construct(
        public readonly ?string $externalId = null,
        public readonly ?string $email = null,
        public readonly ?string $phone = null,
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
        $in = new Reader($data, 'CustomerRef');
        return new self(
            externalId: $in->optionalString('external_id'),
            email: $in->optionalString('email'),
            phone: $in->optionalString('phone'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'email' => $this->email,
            'phone' => $this->phone,
        ]);
    }
}
