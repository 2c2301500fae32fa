<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * What belongs to an address that the shopper has only typed, or that a channel gave without proof. It may be somebody else's: show
 * it apart and marked, and tell the shopper nothing of it. Without what is in the rest of the context already.
 */
final class ClaimedContext extends Model
{
    /**
     * @param string $email E-mail address.
     * @param list<Order> $orders
     * @param list<Cart> $carts
     * @param Customer|null $customer
     */
    public function __construct(
        public readonly string $email,
        public readonly array $orders,
        public readonly array $carts,
        public readonly ?Customer $customer = null,
    ) {
        Check::listOf($orders, Order::class, 'orders');
        Check::listOf($carts, Cart::class, 'carts');
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
        $in = new Reader($data, 'ClaimedContext');
        return new self(
            email: $in->string('email'),
            orders: $in->objects('orders', Order::fromArray(...)),
            carts: $in->objects('carts', Cart::fromArray(...)),
            customer: $in->optionalObject('customer', Customer::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'email' => $this->email,
            'orders' => $this->orders,
            'carts' => $this->carts,
            'customer' => $this->customer,
        ]);
    }
}
