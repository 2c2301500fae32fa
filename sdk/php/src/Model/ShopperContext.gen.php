<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * ShopperContext, as in the contract.
 */
final class ShopperContext extends Model
{
    /**
     * @param list<Order> $orders
     * @param list<Cart> $carts Those that have not become an order, last changed first.
     * @param Customer|null $customer
     * @param Page|null $page
     * @param ClaimedContext|null $claimed
     */
    public function __construct(
        public readonly array $orders,
        public readonly array $carts,
        public readonly ?Customer $customer = null,
        public readonly ?Page $page = null,
        public readonly ?ClaimedContext $claimed = null,
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
        $in = new Reader($data, 'ShopperContext');
        return new self(
            orders: $in->objects('orders', Order::fromArray(...)),
            carts: $in->objects('carts', Cart::fromArray(...)),
            customer: $in->optionalObject('customer', Customer::fromArray(...)),
            page: $in->optionalObject('page', Page::fromArray(...)),
            claimed: $in->optionalObject('claimed', ClaimedContext::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'orders' => $this->orders,
            'carts' => $this->carts,
            'customer' => $this->customer,
            'page' => $this->page,
            'claimed' => $this->claimed,
        ]);
    }
}
