<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\Customer;

/** A customer as REST (wc/v3) writes one → the neutral one. Pure. */
final class CustomerMap
{
    public static function customer(Fields $c): Customer
    {
        $billing = $c->part('billing');
        $more = $c->part('tagalong');
        $spent = (new Purse(strtoupper((string) $more->text('currency'))))->money($more->raw('total_spent'));
        return new Customer(
            (string) $c->id('id'),
            email: OrderMap::email($c) ?? OrderMap::email($billing),
            // WordPress does not make sure that an address is theirs; email_verified stays empty.
            phone: Phone::e164($billing->text('phone'), $billing->text('country')),
            firstName: $c->text('first_name') ?? $billing->text('first_name'),
            lastName: $c->text('last_name') ?? $billing->text('last_name'),
            locale: $more->text('locale'),
            ordersCount: $more->raw('orders_count') === null ? null : $more->count('orders_count'),
            totalSpent: $spent,
            address: Place::of($billing) ?? Place::of($c->part('shipping')),
            createdAt: $c->millis('date_created_gmt'),
            updatedAt: $c->millis('date_modified_gmt') ?? $c->millis('date_created_gmt'),
        );
    }
}
