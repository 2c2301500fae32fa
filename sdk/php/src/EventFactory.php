<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\ConfigurationException;
use Tagalong\Internal\Json;
use Tagalong\Model\Cart;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\ContextEventType;
use Tagalong\Model\Coupon;
use Tagalong\Model\Customer;
use Tagalong\Model\EventMode;
use Tagalong\Model\EventSource;
use Tagalong\Model\Order;
use Tagalong\Model\Product;
use Tagalong\Model\Shipment;

/**
 * Makes events of a shop's objects: `$events->snapshot($order, $changedAt)`.
 *
 * An event needs an id that is the same whenever it is sent, and a version that decides which of two states is newer. Both are made
 * here of what is known; give your own where the platform has better ones (a webhook's delivery, an outbox's row).
 */
final class EventFactory
{
    public function __construct(private readonly EventSource $source)
    {
    }

    /**
     * The object as it is now: what is absent in it is empty.
     *
     * @param \DateTimeInterface $occurredAt when it happened, as exactly as is known; at most five minutes ahead
     * @param int|null    $version  the platform's "updated at" of the object in milliseconds; where absent the object's own, or
     *                              $occurredAt
     * @param string|null $id       1 to 200 characters
     * @param string|null $hint     what the platform calls it, "order.shipped"
     * @param bool        $backfill an old state being caught up; starts no message
     */
    public function snapshot(
        Order|Shipment|Cart|Customer|Product|Coupon $object,
        \DateTimeInterface $occurredAt,
        ?int $version = null,
        ?string $id = null,
        ?string $hint = null,
        bool $backfill = false,
    ): ContextEvent {
        return $this->event($object, EventMode::SNAPSHOT, $occurredAt, $version, $id, $hint, $backfill, null);
    }

    /**
     * Only what has changed: what is absent stays as it was, lists replace the old ones whole.
     *
     * @param list<string> $clear optional fields to empty, by their names in the contract, as in "note" or "totals.discount"
     */
    public function patch(
        Order|Shipment|Cart|Customer|Product|Coupon $object,
        \DateTimeInterface $occurredAt,
        ?int $version = null,
        ?string $id = null,
        ?string $hint = null,
        array $clear = [],
    ): ContextEvent {
        return $this->event($object, EventMode::PATCH, $occurredAt, $version, $id, $hint, false, $clear ?: null);
    }

    /**
     * It is gone. Shipments are not deleted: they get the status "cancelled".
     *
     * @param string $type one of ContextEventType::*_DELETED
     *
     * @throws ConfigurationException for another type
     */
    public function deleted(
        string $type,
        string $externalId,
        \DateTimeInterface $at,
        ?int $version = null,
        ?string $id = null,
    ): ContextEvent {
        if (!str_ends_with($type, '.deleted')) {
            throw new ConfigurationException('not a type of deletion');
        }
        $version ??= Time::millis($at);
        return new ContextEvent(
            id: $id ?? $this->id($type, $externalId, $version, $at, ''),
            type: $type,
            occurredAt: Time::rfc3339($at),
            version: $version,
            source: $this->source,
            externalId: $externalId,
        );
    }

    /** @param list<string>|null $clear */
    private function event(
        Order|Shipment|Cart|Customer|Product|Coupon $object,
        string $mode,
        \DateTimeInterface $at,
        ?int $version,
        ?string $id,
        ?string $hint,
        bool $backfill,
        ?array $clear,
    ): ContextEvent {
        [$field, $type] = self::noun($object);
        if ($object instanceof Order) { // of an order that was read; they are pushed as events of their own
            $object = $object->with(shipments: null);
        }
        $version ??= $object->updatedAt ?? Time::millis($at);
        $content = Json::encode([$mode, $object, $clear]);
        return new ContextEvent(...[
            'id' => $id ?? $this->id($type, $object->externalId, $version, $at, $content),
            'type' => $type,
            'occurredAt' => Time::rfc3339($at),
            'version' => $version,
            'mode' => $mode,
            'clear' => $clear,
            'backfill' => $backfill ?: null,
            'hint' => $hint,
            'source' => $this->source,
            $field => $object,
        ]);
    }

    /** @return array{string, string} */
    private static function noun(Order|Shipment|Cart|Customer|Product|Coupon $object): array
    {
        return match ($object::class) {
            Order::class => ['order', ContextEventType::ORDER_UPSERTED],
            Shipment::class => ['shipment', ContextEventType::SHIPMENT_UPSERTED],
            Cart::class => ['cart', ContextEventType::CART_UPSERTED],
            Customer::class => ['customer', ContextEventType::CUSTOMER_UPSERTED],
            Product::class => ['product', ContextEventType::PRODUCT_UPSERTED],
            Coupon::class => ['coupon', ContextEventType::COUPON_UPSERTED],
        };
    }

    /** The same for the same content at the same time, however often it is made. */
    private function id(string $type, string $externalId, int $version, \DateTimeInterface $at, string $content): string
    {
        $hash = hash('sha256', Json::encode([$type, $externalId, $version, Time::rfc3339($at), $content]));
        return substr($this->source->platform, 0, 50) . ":$type:" . substr($hash, 0, 32);
    }
}
