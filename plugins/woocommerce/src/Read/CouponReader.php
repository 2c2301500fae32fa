<?php

declare(strict_types=1);

namespace TagalongChat\Read;

use TagalongChat\Map\Moment;

/** A coupon of this shop in the form of the REST API. */
final class CouponReader
{
    /** @return array<string, mixed>|null */
    public static function read(int $id): ?array
    {
        if (get_post_type($id) !== 'shop_coupon') {
            return null;
        }
        $coupon = new \WC_Coupon($id);
        return [
            'id' => $id,
            'code' => $coupon->get_code(),
            'status' => (string) get_post_status($id),
            'amount' => (string) $coupon->get_amount(),
            'discount_type' => $coupon->get_discount_type(),
            'date_created_gmt' => Moment::rest($coupon->get_date_created()),
            'date_modified_gmt' => Moment::rest($coupon->get_date_modified()),
            'date_expires_gmt' => Moment::rest($coupon->get_date_expires()),
            'usage_limit' => $coupon->get_usage_limit(),
            'usage_count' => $coupon->get_usage_count(),
            'free_shipping' => $coupon->get_free_shipping(),
            'email_restrictions' => $coupon->get_email_restrictions(),
            'tagalong' => ['currency' => get_woocommerce_currency()],
        ];
    }
}
