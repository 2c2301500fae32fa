<?php

declare(strict_types=1);

namespace TagalongChat\Collect;

use TagalongChat\Guard;
use TagalongChat\Outbox\Row;

/** The hooks of people with an account. Who is no customer is left out where the row is read. */
final class CustomerHooks
{
    public function __construct(private readonly Changes $changes)
    {
    }

    public function register(): void
    {
        foreach (['user_register', 'profile_update', 'woocommerce_new_customer', 'woocommerce_update_customer'] as $hook) {
            add_action($hook, Guard::hook([$this, 'changed']), 50);
        }
        add_action('woocommerce_created_customer', Guard::hook([$this, 'changed']), 50);
        add_action('delete_user', Guard::hook([$this, 'deleted']), 50);
    }

    public function changed(mixed $id): void
    {
        $this->changes->note(Row::CUSTOMER, $id);
    }

    public function deleted(mixed $id): void
    {
        $this->changes->note(Row::CUSTOMER, $id, deleted: true);
    }
}
