<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\FinancialStatus;
use Tagalong\Model\FulfillmentStatus;
use Tagalong\Money;

/**
 * WooCommerce has one status for two questions, and merchants add their own. Whether an order is paid is told by its date of payment
 * and its refunds: one that is paid on delivery is "processing" and unpaid, and a partial refund changes no status.
 */
final class Statuses
{
    private const OPEN = ['pending', 'on-hold', 'processing', 'failed', 'cancelled'];

    /** Not orders yet, or not any more. */
    public const DRAFTS = ['checkout-draft', 'auto-draft', 'draft'];

    public static function financial(string $status, bool $paid, Money $total, Money $refunded): string
    {
        $some = $refunded->amount > 0;
        return match (true) {
            $status === 'refunded', $some && $refunded->compare($total) >= 0 => FinancialStatus::REFUNDED,
            $some => FinancialStatus::PARTIALLY_REFUNDED,
            $status === 'failed' => FinancialStatus::FAILED,
            $paid => FinancialStatus::PAID,
            $status === 'cancelled' => FinancialStatus::VOIDED,
            default => FinancialStatus::PENDING,
        };
    }

    /** Null for a status of the merchant's own: its word is in status_raw, and nobody can say what it means. */
    public static function fulfillment(string $status, bool $completed, bool $nothingToShip): ?string
    {
        return match (true) {
            $nothingToShip => FulfillmentStatus::NOT_REQUIRED,
            $status === 'completed', $status === 'refunded' && $completed => FulfillmentStatus::FULFILLED,
            $status === 'refunded', in_array($status, self::OPEN, true) => FulfillmentStatus::UNFULFILLED,
            default => null,
        };
    }
}
