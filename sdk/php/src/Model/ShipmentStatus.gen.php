<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of ShipmentStatus. A newer server may know more.
 */
final class ShipmentStatus
{
    public const LABEL_CREATED = 'label_created';
    public const CONFIRMED = 'confirmed';
    public const SHIPPED = 'shipped';
    public const IN_TRANSIT = 'in_transit';
    public const OUT_FOR_DELIVERY = 'out_for_delivery';
    public const ATTEMPTED = 'attempted';
    public const READY_FOR_PICKUP = 'ready_for_pickup';
    public const PICKED_UP = 'picked_up';
    public const DELIVERED = 'delivered';
    public const DELAYED = 'delayed';
    public const FAILURE = 'failure';
    public const CANCELLED = 'cancelled';
}
