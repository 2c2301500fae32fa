<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A person on the storefront, as agents see them.
 */
final class Shopper extends Model
{
    /**
     * @param string $id Id of a shopper.
     * @param bool $identified The shop has proved who this is. An e-mail without it was only claimed.
     * @param string|null $name
     * @param string|null $email E-mail address.
     * @param string|null $phone Phone number in E.164.
     * @param string|null $language BCP 47 tag.
     * @param string|null $customer The `external_id` of the shop's customer record.
     * @param int|null $createdAt UTC milliseconds since 1970.
     * @param int|null $lastSeenAt UTC milliseconds since 1970.
     */
    public function __construct(
        public readonly string $id,
        public readonly bool $identified,
        public readonly ?string $name = null,
        public readonly ?string $email = null,
        public readonly ?string $phone = null,
        public readonly ?string $language = null,
        public readonly ?string $customer = null,
        public readonly ?int $createdAt = null,
        public readonly ?int $lastSeenAt = null,
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
        $in = new Reader($data, 'Shopper');
        return new self(
            id: $in->string('id'),
            identified: $in->bool('identified'),
            name: $in->optionalString('name'),
            email: $in->optionalString('email'),
            phone: $in->optionalString('phone'),
            language: $in->optionalString('language'),
            customer: $in->optionalString('customer'),
            createdAt: $in->optionalInt('created_at'),
            lastSeenAt: $in->optionalInt('last_seen_at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'identified' => $this->identified,
            'name' => $this->name,
            'email' => $this->email,
            'phone' => $this->phone,
            'language' => $this->language,
            'customer' => $this->customer,
            'created_at' => $this->createdAt,
            'last_seen_at' => $this->lastSeenAt,
        ]);
    }
}
