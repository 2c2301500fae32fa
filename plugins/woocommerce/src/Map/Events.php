<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\EventFactory;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\ContextEventType;
use Tagalong\Model\EventSource;

/** What Tagalong is told of one object: none, one, or several events (an order and its parcels). Pure: the same in, the same out. */
final class Events
{
    private readonly EventFactory $factory;

    public function __construct(EventSource $source)
    {
        $this->factory = new EventFactory($source);
    }

    /**
     * @param array<mixed> $order
     * @param list<string> $told  ids of the parcels that Tagalong has been told of
     *
     * @return list<ContextEvent>
     */
    public function order(array $order, Occasion $why, array $told = []): array
    {
        $o = new Fields($order);
        $status = (string) $o->text('status');
        if (in_array($status, Statuses::DRAFTS, true)) {
            $checkout = CartMap::checkout($o);
            return $checkout === null ? [] : [$this->snapshot($checkout, $why, $o->millis('date_modified_gmt'))];
        }
        if ($status === 'trash') {
            return [$this->deleted(ContextEventType::ORDER_DELETED, (string) $o->id('id'), $why)];
        }
        $neutral = OrderMap::order($o);
        $events = [$this->snapshot($neutral, $why, $neutral->updatedAt)];
        $shipments = ShipmentMap::shipments($o);
        $gone = array_diff($told, array_map(static fn (object $shipment): string => $shipment->externalId, $shipments));
        foreach ($gone as $id) {
            $shipments[] = ShipmentMap::cancelled($neutral->externalId, $id);
        }
        foreach ($shipments as $shipment) {
            $id = "$why->id:" . substr(hash('sha256', $shipment->externalId), 0, 16);
            $events[] = $this->snapshot($shipment, $why, $neutral->updatedAt, $id);
        }
        return $events;
    }

    /**
     * @param array<mixed> $cart
     *
     * @return list<ContextEvent>
     */
    public function cart(array $cart, Occasion $why): array
    {
        $neutral = CartMap::cart(new Fields($cart));
        return [$this->snapshot($neutral, $why, $neutral->lastActivityAt)];
    }

    /**
     * @param array<mixed> $customer
     *
     * @return list<ContextEvent>
     */
    public function customer(array $customer, Occasion $why): array
    {
        $neutral = CustomerMap::customer(new Fields($customer));
        return [$this->snapshot($neutral, $why, $neutral->updatedAt)];
    }

    /**
     * @param array<mixed> $product
     *
     * @return list<ContextEvent>
     */
    public function product(array $product, Occasion $why): array
    {
        $p = new Fields($product);
        if ($p->text('status') === 'auto-draft') { // the form for a new one has been opened
            return [];
        }
        if ($p->text('status') === 'trash') {
            return [$this->deleted(ContextEventType::PRODUCT_DELETED, (string) $p->id('id'), $why)];
        }
        $neutral = ProductMap::product($p);
        return [$this->snapshot($neutral, $why, $neutral->updatedAt)];
    }

    /**
     * @param array<mixed> $coupon
     *
     * @return list<ContextEvent>
     */
    public function coupon(array $coupon, Occasion $why): array
    {
        $c = new Fields($coupon);
        if ($c->text('status') !== null && $c->text('status') !== 'publish') { // not to be given out
            return [$this->deleted(ContextEventType::COUPON_DELETED, (string) $c->id('id'), $why)];
        }
        $neutral = CouponMap::coupon($c);
        return [$this->snapshot($neutral, $why, $neutral->updatedAt)];
    }

    public function deleted(string $type, string $externalId, Occasion $why): ContextEvent
    {
        return $this->factory->deleted($type, $externalId, $why->at, $why->version(), $why->id);
    }

    private function snapshot(object $object, Occasion $why, ?int $version, ?string $id = null): ContextEvent
    {
        return $this->factory->snapshot(
            $object,
            $why->at,
            version: $version ?? $why->version(),
            id: $id ?? $why->id,
            hint: $why->hint,
            backfill: $why->backfill,
        );
    }
}
