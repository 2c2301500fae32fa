<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * What the buyer agreed to in the shop.
 */
final class MarketingConsent extends Model
{
    /**
     * @param bool|null $email
     * @param bool|null $sms
     * @param bool|null $whatsapp
     * @param int|null $updatedAt UTC milliseconds since 1970.
     */
    public function __construct(
        public readonly ?bool $email = null,
        public readonly ?bool $sms = null,
        public readonly ?bool $whatsapp = null,
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
        $in = new Reader($data, 'MarketingConsent');
        return new self(
            email: $in->optionalBool('email'),
            sms: $in->optionalBool('sms'),
            whatsapp: $in->optionalBool('whatsapp'),
            updatedAt: $in->optionalInt('updated_at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'email' => $this->email,
            'sms' => $this->sms,
            'whatsapp' => $this->whatsapp,
            'updated_at' => $this->updatedAt,
        ]);
    }
}
