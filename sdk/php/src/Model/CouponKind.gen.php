<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of CouponKind. A newer server may know more.
 */
final class CouponKind
{
    public const PERCENT = 'percent';
    public const FIXED = 'fixed';
    public const FREE_SHIPPING = 'free_shipping';
}
