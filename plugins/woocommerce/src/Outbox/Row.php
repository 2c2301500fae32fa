<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

use DateTimeImmutable;

/** One object that Tagalong must be told of. It names the object; what is sent is read when it is sent. */
final class Row
{
    public const ORDER = 'order';
    public const CART = 'cart';
    public const CUSTOMER = 'customer';
    public const PRODUCT = 'product';
    public const COUPON = 'coupon';
    public const REDACT = 'redact';

    /**
     * @param string      $eventId made when the change was noticed; every try sends it again
     * @param string|null $payload of what nothing else keeps: a cart, a request for erasure
     * @param int         $firstAt since when it waits; after a day it is given up
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $externalId,
        public readonly bool $deleted,
        public readonly string $eventId,
        public readonly DateTimeImmutable $at,
        public readonly ?string $payload = null,
        public readonly int $attempts = 0,
        public readonly int $firstAt = 0,
        public readonly string $error = '',
    ) {
    }
}
