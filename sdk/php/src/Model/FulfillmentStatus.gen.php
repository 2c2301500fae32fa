<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of FulfillmentStatus. A newer server may know more.
 */
final class FulfillmentStatus
{
    public const UNFULFILLED = 'unfulfilled';
    public const ON_HOLD = 'on_hold';
    public const PARTIAL = 'partial';
    public const FULFILLED = 'fulfilled';
    public const RETURNED = 'returned';
    public const NOT_REQUIRED = 'not_required';
}
