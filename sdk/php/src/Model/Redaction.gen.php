<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * At least one of `customer`, `orders` and `everything`.
 */
final class Redaction extends Model
{
    /**
     * @param string|null $reference The caller's own name of it; the same again gives the same request.
     * @param CustomerRef|null $customer
     * @param list<string>|null $orders By their `external_id`. At most 1000.
     * @param bool|null $everything All of the shop's order context.
     * @param bool|null $transcripts The conversations too.
     */
    public function __construct(
        public readonly ?string $reference = null,
        public readonly ?CustomerRef $customer = null,
        public readonly ?array $orders = null,
        public readonly ?bool $everything = null,
        public readonly ?bool $transcripts = null,
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
        $in = new Reader($data, 'Redaction');
        return new self(
            reference: $in->optionalString('reference'),
            customer: $in->optionalObject('customer', CustomerRef::fromArray(...)),
            orders: $in->optionalStrings('orders'),
            everything: $in->optionalBool('everything'),
            transcripts: $in->optionalBool('transcripts'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'reference' => $this->reference,
            'customer' => $this->customer,
            'orders' => $this->orders,
            'everything' => $this->everything,
            'transcripts' => $this->transcripts,
        ]);
    }
}
