<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * How much it was.
 */
final class PrivacyCounts extends Model
{
    /**
     * @param int $customers
     * @param int $orders
     * @param int $shipments
     * @param int $carts
     * @param int $shoppers
     */
    public function __construct(
        public readonly int $customers,
        public readonly int $orders,
        public readonly int $shipments,
        public readonly int $carts,
        public readonly int $shoppers,
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
        $in = new Reader($data, 'PrivacyCounts');
        return new self(
            customers: $in->int('customers'),
            orders: $in->int('orders'),
            shipments: $in->int('shipments'),
            carts: $in->int('carts'),
            shoppers: $in->int('shoppers'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'customers' => $this->customers,
            'orders' => $this->orders,
            'shipments' => $this->shipments,
            'carts' => $this->carts,
            'shoppers' => $this->shoppers,
        ]);
    }
}
