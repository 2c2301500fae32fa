<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * The shop's own record of a buyer.
 */
final class Customer extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string|null $email
     * @param bool|null $emailVerified
     * @param string|null $phone E.164.
     * @param string|null $firstName
     * @param string|null $lastName
     * @param string|null $locale BCP 47 tag as the platform keeps it.
     * @param list<string>|null $tags At most 100.
     * @param int|null $ordersCount
     * @param Money|null $totalSpent
     * @param PostalAddress|null $address
     * @param MarketingConsent|null $consent
     * @param string|null $shopper Id of the shopper that the platform has seen signed in as this customer.
     * @param int|null $createdAt UTC milliseconds since 1970.
     * @param int|null $updatedAt UTC milliseconds since 1970.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?string $email = null,
        public readonly ?bool $emailVerified = null,
        public readonly ?string $phone = null,
        public readonly ?string $firstName = null,
        public readonly ?string $lastName = null,
        public readonly ?string $locale = null,
        public readonly ?array $tags = null,
        public readonly ?int $ordersCount = null,
        public readonly ?Money $totalSpent = null,
        public readonly ?PostalAddress $address = null,
        public readonly ?MarketingConsent $consent = null,
        public readonly ?string $shopper = null,
        public readonly ?int $createdAt = null,
        public readonly ?int $updatedAt = null,
    ) {
        Check::listOf($tags, 'string', 'tags');
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
        $in = new Reader($data, 'Customer');
        return new self(
            externalId: $in->string('external_id'),
            email: $in->optionalString('email'),
            emailVerified: $in->optionalBool('email_verified'),
            phone: $in->optionalString('phone'),
            firstName: $in->optionalString('first_name'),
            lastName: $in->optionalString('last_name'),
            locale: $in->optionalString('locale'),
            tags: $in->optionalStrings('tags'),
            ordersCount: $in->optionalInt('orders_count'),
            totalSpent: $in->optionalObject('total_spent', Money::fromArray(...)),
            address: $in->optionalObject('address', PostalAddress::fromArray(...)),
            consent: $in->optionalObject('consent', MarketingConsent::fromArray(...)),
            shopper: $in->optionalString('shopper'),
            createdAt: $in->optionalInt('created_at'),
            updatedAt: $in->optionalInt('updated_at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'email' => $this->email,
            'email_verified' => $this->emailVerified,
            'phone' => $this->phone,
            'first_name' => $this->firstName,
            'last_name' => $this->lastName,
            'locale' => $this->locale,
            'tags' => $this->tags,
            'orders_count' => $this->ordersCount,
            'total_spent' => $this->totalSpent,
            'address' => $this->address,
            'consent' => $this->consent,
            'shopper' => $this->shopper,
            'created_at' => $this->createdAt,
            'updated_at' => $this->updatedAt,
        ]);
    }
}
