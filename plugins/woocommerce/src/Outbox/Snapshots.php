<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

use Tagalong\Model\ContextEvent;
use Tagalong\Model\ContextEventType;
use TagalongChat\Map\Events;
use TagalongChat\Map\Fields;
use TagalongChat\Map\Occasion;
use TagalongChat\Map\ShipmentMap;
use TagalongChat\Map\Statuses;
use TagalongChat\Read\CouponReader;
use TagalongChat\Read\CustomerReader;
use TagalongChat\Read\OrderReader;
use TagalongChat\Read\ProductReader;

/** Rows of the outbox → events, from the objects as they are now. */
final class Snapshots
{
    private const SHIPMENTS = 'shipments';

    /** @var array<string, string> by the row's event: which parcels it told of */
    private array $told = [];

    public function __construct(private readonly Events $events, private readonly Rows $rows)
    {
    }

    /** @return list<ContextEvent> none where there is nothing to tell */
    public function of(Row $row): array
    {
        $why = new Occasion("woo:$row->eventId", $row->at);
        if ($row->deleted) {
            return [$this->events->deleted(self::deletion($row->kind), $row->externalId, $why)];
        }
        $id = (int) $row->externalId;
        return match ($row->kind) {
            Row::ORDER => $this->order($row, OrderReader::read($id), $why),
            Row::CART => $this->events->cart((array) json_decode((string) $row->payload, true), $why),
            Row::CUSTOMER => self::each(CustomerReader::read($id), fn (array $it): array => $this->events->customer($it, $why)),
            Row::PRODUCT => self::each(ProductReader::read($id), fn (array $it): array => $this->events->product($it, $why)),
            Row::COUPON => self::each(CouponReader::read($id), fn (array $it): array => $this->events->coupon($it, $why)),
            default => [],
        };
    }

    /** Tagalong has it: remember which parcels it knows, so that one that disappears can be called off. */
    public function sent(Row $row): void
    {
        if (isset($this->told[$row->eventId])) {
            $note = $this->told[$row->eventId];
            $this->rows->remember(self::SHIPMENTS, $row->externalId, $note === '[]' ? null : $note);
            unset($this->told[$row->eventId]);
        }
    }

    /**
     * @param array<string, mixed>|null $order
     *
     * @return list<ContextEvent>
     */
    private function order(Row $row, ?array $order, Occasion $why): array
    {
        if ($order === null) { // gone since it changed; or of another plugin's kind, which is none of ours
            $gone = OrderReader::isGone((int) $row->externalId);
            return $gone ? [$this->events->deleted(ContextEventType::ORDER_DELETED, $row->externalId, $why)] : [];
        }
        $known = (array) json_decode($this->rows->remembered(self::SHIPMENTS, $row->externalId) ?? '[]', true);
        if (!in_array($order['status'], [...Statuses::DRAFTS, 'trash'], true)) {
            $now = array_map(static fn (object $one): string => $one->externalId, ShipmentMap::shipments(new Fields($order)));
            if ($now !== [] || $known !== []) {
                $this->told[$row->eventId] = (string) json_encode($now);
            }
        }
        return $this->events->order($order, $why, array_values(array_filter($known, 'is_string')));
    }

    /**
     * @param array<string, mixed>|null                          $object
     * @param callable(array<string, mixed>): list<ContextEvent> $map
     *
     * @return list<ContextEvent>
     */
    private static function each(?array $object, callable $map): array
    {
        return $object === null ? [] : $map($object);
    }

    private static function deletion(string $kind): string
    {
        return match ($kind) {
            Row::ORDER => ContextEventType::ORDER_DELETED,
            Row::CART => ContextEventType::CART_DELETED,
            Row::CUSTOMER => ContextEventType::CUSTOMER_DELETED,
            Row::PRODUCT => ContextEventType::PRODUCT_DELETED,
            Row::COUPON => ContextEventType::COUPON_DELETED,
        };
    }
}
