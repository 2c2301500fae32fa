<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * A coupon of the shop. A snapshot should give code and kind, with `percent` or `amount` as the kind asks. What a message offers is
 * a CouponOffer.
 */
final class Coupon extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string|null $code As buyers type it.
     * @param CouponKind::*|null $kind
     * @param string|null $percent A decimal, up to 100.
     * @param Money|null $amount
     * @param int|null $startsAt UTC milliseconds since 1970.
     * @param int|null $endsAt UTC milliseconds since 1970.
     * @param int|null $usageLimit 0 or absent for no limit.
     * @param int|null $used
     * @param string|null $boundEmail Only this buyer may use it.
     * @param int|null $updatedAt UTC milliseconds since 1970.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?string $code = null,
        public readonly ?string $kind = null,
        public readonly ?string $percent = null,
        public readonly ?Money $amount = null,
        public readonly ?int $startsAt = null,
        public readonly ?int $endsAt = null,
        public readonly ?int $usageLimit = null,
        public readonly ?int $used = null,
        public readonly ?string $boundEmail = null,
        public readonly ?int $updatedAt = null,
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
        $in = new Reader($data, 'Coupon');
        return new self(
            externalId: $in->string('external_id'),
            code: $in->optionalString('code'),
            kind: $in->optionalString('kind'),
            percent: $in->optionalString('percent'),
            amount: $in->optionalObject('amount', Money::fromArray(...)),
            startsAt: $in->optionalInt('starts_at'),
            endsAt: $in->optionalInt('ends_at'),
            usageLimit: $in->optionalInt('usage_limit'),
            used: $in->optionalInt('used'),
            boundEmail: $in->optionalString('bound_email'),
            updatedAt: $in->optionalInt('updated_at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'code' => $this->code,
            'kind' => $this->kind,
            'percent' => $this->percent,
            'amount' => $this->amount,
            'starts_at' => $this->startsAt,
            'ends_at' => $this->endsAt,
            'usage_limit' => $this->usageLimit,
            'used' => $this->used,
            'bound_email' => $this->boundEmail,
            'updated_at' => $this->updatedAt,
        ]);
    }
}
