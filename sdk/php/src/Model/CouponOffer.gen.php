<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A coupon given in a message.
 */
final class CouponOffer extends Model
{
    /**
     * @param string $code
     * @param string|null $description
     * @param int|null $expiresAt UTC milliseconds since 1970.
     */
    public function __construct(
        public readonly string $code,
        public readonly ?string $description = null,
        public readonly ?int $expiresAt = null,
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
        $in = new Reader($data, 'CouponOffer');
        return new self(
            code: $in->string('code'),
            description: $in->optionalString('description'),
            expiresAt: $in->optionalInt('expires_at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'code' => $this->code,
            'description' => $this->description,
            'expires_at' => $this->expiresAt,
        ]);
    }
}
