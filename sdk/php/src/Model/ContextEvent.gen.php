<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * One change in the shop. Exactly the field of the type's noun is present (`order` with `order.upserted`, …); with a `*.deleted`
 * type only `external_id` names the object. More than five minutes in the future is refused.
 */
final class ContextEvent extends Model
{
    /**
     * @param string $id Unique per shop and chosen so that a retry repeats it; remembered 30 days.
     * @param ContextEventType::* $type
     * @param string $occurredAt RFC 3339 with up to six decimals; decides between equal versions.
     * @param int $version The platform's `updated_at` of the object in milliseconds, whatever the source.
     * @param EventMode::*|null $mode `snapshot` (where absent): the object as it is now, absent fields are empty. `patch`: absent
     *   fields stay as they were, lists that are present replace the old ones whole, and `clear` names fields to empty. Patches are
     *   folded by their version onto the last snapshot below them, so they may come in any order.
     * @param list<string>|null $clear With `patch`, the object's optional fields to empty; a dot leads inside, as in
     *   `totals.discount`. At most 50.
     * @param bool|null $backfill An old state being caught up; starts no message.
     * @param string|null $hint What the platform calls it; advisory.
     * @param EventSource|null $source
     * @param string|null $externalId With `*.deleted`.
     * @param Order|null $order
     * @param Shipment|null $shipment
     * @param Cart|null $cart
     * @param Customer|null $customer
     * @param Product|null $product
     * @param Coupon|null $coupon
     */
    public function __construct(
        public readonly string $id,
        public readonly string $type,
        public readonly string $occurredAt,
        public readonly int $version,
        public readonly ?string $mode = null,
        public readonly ?array $clear = null,
        public readonly ?bool $backfill = null,
        public readonly ?string $hint = null,
        public readonly ?EventSource $source = null,
        public readonly ?string $externalId = null,
        public readonly ?Order $order = null,
        public readonly ?Shipment $shipment = null,
        public readonly ?Cart $cart = null,
        public readonly ?Customer $customer = null,
        public readonly ?Product $product = null,
        public readonly ?Coupon $coupon = null,
    ) {
        Check::listOf($clear, 'string', 'clear');
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
        $in = new Reader($data, 'ContextEvent');
        return new self(
            id: $in->string('id'),
            type: $in->string('type'),
            occurredAt: $in->string('occurred_at'),
            version: $in->int('version'),
            mode: $in->optionalString('mode'),
            clear: $in->optionalStrings('clear'),
            backfill: $in->optionalBool('backfill'),
            hint: $in->optionalString('hint'),
            source: $in->optionalObject('source', EventSource::fromArray(...)),
            externalId: $in->optionalString('external_id'),
            order: $in->optionalObject('order', Order::fromArray(...)),
            shipment: $in->optionalObject('shipment', Shipment::fromArray(...)),
            cart: $in->optionalObject('cart', Cart::fromArray(...)),
            customer: $in->optionalObject('customer', Customer::fromArray(...)),
            product: $in->optionalObject('product', Product::fromArray(...)),
            coupon: $in->optionalObject('coupon', Coupon::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'type' => $this->type,
            'occurred_at' => $this->occurredAt,
            'version' => $this->version,
            'mode' => $this->mode,
            'clear' => $this->clear,
            'backfill' => $this->backfill,
            'hint' => $this->hint,
            'source' => $this->source,
            'external_id' => $this->externalId,
            'order' => $this->order,
            'shipment' => $this->shipment,
            'cart' => $this->cart,
            'customer' => $this->customer,
            'product' => $this->product,
            'coupon' => $this->coupon,
        ]);
    }
}
