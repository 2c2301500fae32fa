<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * An order of the shop. A snapshot should give number, currency, placed_at, updated_at, totals, both statuses, lines and customer; a
 * patch only what changes.
 */
final class Order extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param string|null $number As people read it.
     * @param string|null $urlAdmin In the shop's back office; for agents only.
     * @param string|null $urlStatus The buyer's own status page; often carries a key.
     * @param int|null $placedAt UTC milliseconds since 1970.
     * @param int|null $updatedAt UTC milliseconds since 1970.
     * @param int|null $cancelledAt UTC milliseconds since 1970.
     * @param string|null $cancelReason
     * @param string|null $currency ISO 4217 code.
     * @param string|null $presentmentCurrency ISO 4217 code.
     * @param Totals|null $totals
     * @param FinancialStatus::*|null $financialStatus
     * @param FulfillmentStatus::*|null $fulfillmentStatus
     * @param string|null $statusRaw The platform's own words.
     * @param CustomerRef|null $customer
     * @param bool|null $guest
     * @param list<Line>|null $lines At most 500.
     * @param PostalAddress|null $shippingAddress
     * @param list<string>|null $coupons At most 100.
     * @param string|null $note
     * @param array<string, string>|null $attributes
     * @param string|null $shopper Id of the shopper that placed it.
     * @param string|null $cartToken
     * @param string|null $checkoutToken
     * @param OrderSource|null $source
     * @param bool|null $test
     * @param list<Refund>|null $refunds At most 100.
     * @param list<string>|null $tags At most 100.
     * @param list<Shipment>|null $shipments Filled by the server in answers; pushed as events of their own.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?string $number = null,
        public readonly ?string $urlAdmin = null,
        public readonly ?string $urlStatus = null,
        public readonly ?int $placedAt = null,
        public readonly ?int $updatedAt = null,
        public readonly ?int $cancelledAt = null,
        public readonly ?string $cancelReason = null,
        public readonly ?string $currency = null,
        public readonly ?string $presentmentCurrency = null,
        public readonly ?Totals $totals = null,
        public readonly ?string $financialStatus = null,
        public readonly ?string $fulfillmentStatus = null,
        public readonly ?string $statusRaw = null,
        public readonly ?CustomerRef $customer = null,
        public readonly ?bool $guest = null,
        public readonly ?array $lines = null,
        public readonly ?PostalAddress $shippingAddress = null,
        public readonly ?array $coupons = null,
        public readonly ?string $note = null,
        public readonly ?array $attributes = null,
        public readonly ?string $shopper = null,
        public readonly ?string $cartToken = null,
        public readonly ?string $checkoutToken = null,
        public readonly ?OrderSource $source = null,
        public readonly ?bool $test = null,
        public readonly ?array $refunds = null,
        public readonly ?array $tags = null,
        public readonly ?array $shipments = null,
    ) {
        Check::listOf($lines, Line::class, 'lines');
        Check::listOf($coupons, 'string', 'coupons');
        Check::listOf($refunds, Refund::class, 'refunds');
        Check::listOf($tags, 'string', 'tags');
        Check::listOf($shipments, Shipment::class, 'shipments');
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
        $in = new Reader($data, 'Order');
        return new self(
            externalId: $in->string('external_id'),
            number: $in->optionalString('number'),
            urlAdmin: $in->optionalString('url_admin'),
            urlStatus: $in->optionalString('url_status'),
            placedAt: $in->optionalInt('placed_at'),
            updatedAt: $in->optionalInt('updated_at'),
            cancelledAt: $in->optionalInt('cancelled_at'),
            cancelReason: $in->optionalString('cancel_reason'),
            currency: $in->optionalString('currency'),
            presentmentCurrency: $in->optionalString('presentment_currency'),
            totals: $in->optionalObject('totals', Totals::fromArray(...)),
            financialStatus: $in->optionalString('financial_status'),
            fulfillmentStatus: $in->optionalString('fulfillment_status'),
            statusRaw: $in->optionalString('status_raw'),
            customer: $in->optionalObject('customer', CustomerRef::fromArray(...)),
            guest: $in->optionalBool('guest'),
            lines: $in->optionalObjects('lines', Line::fromArray(...)),
            shippingAddress: $in->optionalObject('shipping_address', PostalAddress::fromArray(...)),
            coupons: $in->optionalStrings('coupons'),
            note: $in->optionalString('note'),
            attributes: $in->optionalMap('attributes'),
            shopper: $in->optionalString('shopper'),
            cartToken: $in->optionalString('cart_token'),
            checkoutToken: $in->optionalString('checkout_token'),
            source: $in->optionalObject('source', OrderSource::fromArray(...)),
            test: $in->optionalBool('test'),
            refunds: $in->optionalObjects('refunds', Refund::fromArray(...)),
            tags: $in->optionalStrings('tags'),
            shipments: $in->optionalObjects('shipments', Shipment::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'number' => $this->number,
            'url_admin' => $this->urlAdmin,
            'url_status' => $this->urlStatus,
            'placed_at' => $this->placedAt,
            'updated_at' => $this->updatedAt,
            'cancelled_at' => $this->cancelledAt,
            'cancel_reason' => $this->cancelReason,
            'currency' => $this->currency,
            'presentment_currency' => $this->presentmentCurrency,
            'totals' => $this->totals,
            'financial_status' => $this->financialStatus,
            'fulfillment_status' => $this->fulfillmentStatus,
            'status_raw' => $this->statusRaw,
            'customer' => $this->customer,
            'guest' => $this->guest,
            'lines' => $this->lines,
            'shipping_address' => $this->shippingAddress,
            'coupons' => $this->coupons,
            'note' => $this->note,
            'attributes' => Json::map($this->attributes),
            'shopper' => $this->shopper,
            'cart_token' => $this->cartToken,
            'checkout_token' => $this->checkoutToken,
            'source' => $this->source,
            'test' => $this->test,
            'refunds' => $this->refunds,
            'tags' => $this->tags,
            'shipments' => $this->shipments,
        ]);
    }
}
