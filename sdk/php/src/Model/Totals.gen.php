<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;
use Tagalong\Money;

/**
 * Sums, all in the object's currency.
 */
final class Totals extends Model
{
    /**
     * @param Money|null $subtotal
     * @param Money|null $discount
     * @param Money|null $shipping
     * @param Money|null $tax
     * @param Money|null $refunded
     * @param Money|null $total
     * @param Money|null $outstanding
     */
    public function __construct(
        public readonly ?Money $subtotal = null,
        public readonly ?Money $discount = null,
        public readonly ?Money $shipping = null,
        public readonly ?Money $tax = null,
        public readonly ?Money $refunded = null,
        public readonly ?Money $total = null,
        public readonly ?Money $outstanding = null,
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
        $in = new Reader($data, 'Totals');
        return new self(
            subtotal: $in->optionalObject('subtotal', Money::fromArray(...)),
            discount: $in->optionalObject('discount', Money::fromArray(...)),
            shipping: $in->optionalObject('shipping', Money::fromArray(...)),
            tax: $in->optionalObject('tax', Money::fromArray(...)),
            refunded: $in->optionalObject('refunded', Money::fromArray(...)),
            total: $in->optionalObject('total', Money::fromArray(...)),
            outstanding: $in->optionalObject('outstanding', Money::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'subtotal' => $this->subtotal,
            'discount' => $this->discount,
            'shipping' => $this->shipping,
            'tax' => $this->tax,
            'refunded' => $this->refunded,
            'total' => $this->total,
            'outstanding' => $this->outstanding,
        ]);
    }
}
