<?php

declare(strict_types=1);

namespace TagalongChat\Read;

use TagalongChat\Map\Moment;

/** A customer of this shop in the form of the REST API. */
final class CustomerReader
{
    /** @return array<string, mixed>|null null for who is no customer: editors and admins have no business in a chat */
    public static function read(int $id): ?array
    {
        $user = get_userdata($id);
        if (!$user instanceof \WP_User || array_intersect(self::roles(), (array) $user->roles) === []) {
            return null;
        }
        $customer = new \WC_Customer($id);
        $address = static fn (string $of): array => [
            'first_name' => $customer->{"get_{$of}_first_name"}(),
            'last_name' => $customer->{"get_{$of}_last_name"}(),
            'city' => $customer->{"get_{$of}_city"}(),
            'state' => $customer->{"get_{$of}_state"}(),
            'postcode' => $customer->{"get_{$of}_postcode"}(),
            'country' => $customer->{"get_{$of}_country"}(),
        ];
        return [
            'id' => $id,
            'date_created_gmt' => Moment::rest($customer->get_date_created()),
            'date_modified_gmt' => Moment::rest($customer->get_date_modified()),
            'email' => $customer->get_email(),
            'first_name' => $customer->get_first_name(),
            'last_name' => $customer->get_last_name(),
            'billing' => $address('billing') + ['phone' => $customer->get_billing_phone()],
            'shipping' => $address('shipping'),
            'tagalong' => [
                'currency' => get_woocommerce_currency(),
                'locale' => (string) get_user_locale($user),
                'orders_count' => $customer->get_order_count(),
                'total_spent' => $customer->get_total_spent(),
            ],
        ];
    }

    /** @return list<string> */
    private static function roles(): array
    {
        return (array) apply_filters('tagalong_chat_customer_roles', ['customer', 'subscriber']);
    }
}
