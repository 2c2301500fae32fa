<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of FinancialStatus. A newer server may know more.
 */
final class FinancialStatus
{
    public const PENDING = 'pending';
    public const AUTHORIZED = 'authorized';
    public const PARTIALLY_PAID = 'partially_paid';
    public const PAID = 'paid';
    public const PARTIALLY_REFUNDED = 'partially_refunded';
    public const REFUNDED = 'refunded';
    public const VOIDED = 'voided';
    public const EXPIRED = 'expired';
    public const FAILED = 'failed';
}
