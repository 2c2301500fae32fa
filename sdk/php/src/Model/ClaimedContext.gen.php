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
 * it apart and marked, and tell the shopper nothing of it. Agents only. Without what is in the rest of the context already.
 */
final class ClaimedContext extends Model
{
    /**
     * @param list<Order> $orders
     * @param list<Cart> $carts
     * @param string|null $email E-mail address.
     * @param string|null $phone Phone number in E.164.
     * @param Customer|null $customer
     */
    public function __construct(
        public readonly array $orders,
        public readonly array $carts,
        public readonly ?string $email = null,
        public readonly ?string $phone = null,
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
            orders: $in->objects('orders', Order::fromArray(...)),
            carts: $in->objects('carts', Cart::fromArray(...)),
            email: $in->optionalString('email'),
            phone: $in->optionalString('phone'),
            customer: $in->optionalObject('customer', Customer::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'orders' => $this->orders,
            'carts' => $this->carts,
            'email' => $this->email,
            'phone' => $this->phone,
            'customer' => $this->customer,
        ]);
    }
}
