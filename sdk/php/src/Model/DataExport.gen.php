<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * DataExport, as in the contract.
 */
final class DataExport extends Model
{
    /**
     * @param CustomerRef $customer
     * @param string|null $reference The caller's own name of it; the same again gives the same request.
     * @param list<string>|null $orders By their `external_id`. At most 1000.
     */
    public function __construct(
        public readonly CustomerRef $customer,
        public readonly ?string $reference = null,
        public readonly ?array $orders = null,
    ) {
        Check::listOf($orders, 'string', 'orders');
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
        $in = new Reader($data, 'DataExport');
        return new self(
            customer: $in->object('customer', CustomerRef::fromArray(...)),
            reference: $in->optionalString('reference'),
            orders: $in->optionalStrings('orders'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'customer' => $this->customer,
            'reference' => $this->reference,
            'orders' => $this->orders,
        ]);
    }
}
