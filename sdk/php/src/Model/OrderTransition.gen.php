<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Found by the server, comparing the order before and after. A newer server may know more.
 */
final class OrderTransition
{
    public const PLACED = 'placed';
    public const PAID = 'paid';
    public const SHIPPED = 'shipped';
    public const OUT_FOR_DELIVERY = 'out_for_delivery';
    public const DELIVERED = 'delivered';
    public const REFUNDED = 'refunded';
    public const CANCELLED = 'cancelled';
}
