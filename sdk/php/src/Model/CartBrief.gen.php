<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * A cart that was left, with `cart_abandoned`. Agents only.
 */
final class CartBrief extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param int $items How many pieces.
     * @param int $at When it was used last.
     * @param Money|null $total
     * @param string|null $recoveryUrl Brings the cart back.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly int $items,
        public readonly int $at,
        public readonly ?Money $total = null,
        public readonly ?string $recoveryUrl = null,
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
        $in = new Reader($data, 'CartBrief');
        return new self(
            externalId: $in->string('external_id'),
            items: $in->int('items'),
            at: $in->int('at'),
            total: $in->optionalObject('total', Money::fromArray(...)),
            recoveryUrl: $in->optionalString('recovery_url'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'items' => $this->items,
            'at' => $this->at,
            'total' => $this->total,
            'recovery_url' => $this->recoveryUrl,
        ]);
    }
}
