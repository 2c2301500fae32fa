<?php

declare(strict_types=1);

namespace TagalongChat\Receive;

use DateTimeImmutable;

/** One verified delivery. WooCommerce's own delivery id is none: two orders in one second share it. */
final class Delivery
{
    public readonly string $id;

    public function __construct(public readonly string $noun, public readonly string $body, public readonly DateTimeImmutable $at)
    {
        $this->id = "wcwh:$noun:" . hash('sha256', $body);
    }
}
