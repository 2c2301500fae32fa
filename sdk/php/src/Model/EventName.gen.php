<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Shoppers see closed, reopened, joined, and handoff where its state is linked, active or returned. A newer server may know more.
 */
final class EventName
{
    public const STARTED = 'started';
    public const JOINED = 'joined';
    public const ASSIGNED = 'assigned';
    public const UNASSIGNED = 'unassigned';
    public const CLOSED = 'closed';
    public const REOPENED = 'reopened';
    public const TAGGED = 'tagged';
    public const ORDER_CHANGED = 'order_changed';
    public const CART_ABANDONED = 'cart_abandoned';
    public const IDENTIFIED = 'identified';
    public const ROUTE_CHANGED = 'route_changed';
    public const HANDOFF = 'handoff';
    public const HINT = 'hint';
}
