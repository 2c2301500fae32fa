<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * The body of every outgoing webhook. Signed as Standard Webhooks: headers `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`; during a rotation with both secrets. Delivered at least once, the body the same over all tries; order by `at`
 * and the objects' own numbers, not by arrival. Receivers ignore types and fields that they do not know.
 */
final class WebhookEvent extends Model
{
    /**
     * @param string $id The same as the header `webhook-id`.
     * @param WebhookType::* $type What happened; the section `webhooks` says what each carries. `ping` comes without being
     *   subscribed to.
     * @param int $at UTC milliseconds since 1970.
     * @param string $shop Id of a shop.
     * @param Conversation|null $conversation
     * @param Entry|null $entry
     * @param Order|null $order
     * @param OrderTransition::*|null $change Found by the server, comparing the order before and after.
     * @param Shipment|null $shipment
     * @param Cart|null $cart
     * @param HandoffBrief|null $handoff
     * @param Shopper|null $shopper
     */
    public function __construct(
        public readonly string $id,
        public readonly string $type,
        public readonly int $at,
        public readonly string $shop,
        public readonly ?Conversation $conversation = null,
        public readonly ?Entry $entry = null,
        public readonly ?Order $order = null,
        public readonly ?string $change = null,
        public readonly ?Shipment $shipment = null,
        public readonly ?Cart $cart = null,
        public readonly ?HandoffBrief $handoff = null,
        public readonly ?Shopper $shopper = null,
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
        $in = new Reader($data, 'WebhookEvent');
        return new self(
            id: $in->string('id'),
            type: $in->string('type'),
            at: $in->int('at'),
            shop: $in->string('shop'),
            conversation: $in->optionalObject('conversation', Conversation::fromArray(...)),
            entry: $in->optionalObject('entry', Entry::fromArray(...)),
            order: $in->optionalObject('order', Order::fromArray(...)),
            change: $in->optionalString('change'),
            shipment: $in->optionalObject('shipment', Shipment::fromArray(...)),
            cart: $in->optionalObject('cart', Cart::fromArray(...)),
            handoff: $in->optionalObject('handoff', HandoffBrief::fromArray(...)),
            shopper: $in->optionalObject('shopper', Shopper::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'type' => $this->type,
            'at' => $this->at,
            'shop' => $this->shop,
            'conversation' => $this->conversation,
            'entry' => $this->entry,
            'order' => $this->order,
            'change' => $this->change,
            'shipment' => $this->shipment,
            'cart' => $this->cart,
            'handoff' => $this->handoff,
            'shopper' => $this->shopper,
        ]);
    }
}
