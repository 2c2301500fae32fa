<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\Coupon;
use Tagalong\Model\CouponKind;

/** A coupon as REST (wc/v3) writes one → the neutral one. Pure. */
final class CouponMap
{
    public static function coupon(Fields $c): Coupon
    {
        $purse = new Purse(strtoupper((string) $c->part('tagalong')->text('currency')));
        $amount = (string) $c->text('amount');
        $percent = $c->text('discount_type') === 'percent';
        $shipping = !$percent && $c->flag('free_shipping') && preg_match('/[1-9]/', $amount) !== 1;
        $emails = $c->raw('email_restrictions');
        return new Coupon(
            (string) $c->id('id'),
            code: Fields::cut((string) $c->text('code'), 120),
            kind: $shipping ? CouponKind::FREE_SHIPPING : ($percent ? CouponKind::PERCENT : CouponKind::FIXED),
            percent: $percent ? self::percent($amount) : null,
            amount: $percent || $shipping ? null : $purse->money($amount),
            startsAt: $c->millis('date_created_gmt'),
            endsAt: $c->millis('date_expires_gmt'),
            usageLimit: $c->count('usage_limit') ?: null,
            used: $c->count('usage_count'),
            // More than one address, or a pattern like *@example.org, binds it to nobody in particular.
            boundEmail: is_array($emails) && count($emails) === 1 ? self::address(reset($emails)) : null,
            updatedAt: $c->millis('date_modified_gmt'),
        );
    }

    /** "10.00" → "10" */
    private static function percent(string $amount): ?string
    {
        if (preg_match('/^(\d{1,3})(?:\.(\d{1,4})\d*)?$/D', $amount, $m) !== 1) {
            return null;
        }
        $fraction = rtrim($m[2] ?? '', '0');
        return ltrim($m[1], '0') === '' && $fraction === '' ? '0' : (ltrim($m[1], '0') ?: '0') . ($fraction === '' ? '' : ".$fraction");
    }

    private static function address(mixed $email): ?string
    {
        return is_string($email) && !str_contains($email, '*') && str_contains($email, '@') && strlen($email) <= 254 ? $email : null;
    }
}
