<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * Refund, as in the contract.
 */
final class Refund extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param Money|null $amount
     * @param string|null $reason
     * @param int|null $at UTC milliseconds since 1970.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?Money $amount = null,
        public readonly ?string $reason = null,
        public readonly ?int $at = null,
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
        $in = new Reader($data, 'Refund');
        return new self(
            externalId: $in->string('external_id'),
            amount: $in->optionalObject('amount', Money::fromArray(...)),
            reason: $in->optionalString('reason'),
            at: $in->optionalInt('at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'amount' => $this->amount,
            'reason' => $this->reason,
            'at' => $this->at,
        ]);
    }
}
