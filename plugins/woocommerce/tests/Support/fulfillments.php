<?php

/**
 * WooCommerce's Fulfillments as its documentation and sources describe them (10.1 and later, switched off by default), for the one
 * class that reads them. No version that has them has been run with this plugin.
 */

declare(strict_types=1);

namespace Automattic\WooCommerce\Utilities {
    class FeaturesUtil
    {
        public static bool $on = true;

        public static function feature_is_enabled(string $feature): bool
        {
            return $feature === 'fulfillments' && self::$on;
        }
    }
}

namespace {
    class WC_Order
    {
        public function get_id(): int
        {
            return 16;
        }
    }

    class WC_Data_Store
    {
        /** @var list<object>|null null: this version has no such store */
        public static ?array $fulfillments = [];

        public static function load(string $name): self
        {
            return $name === 'order-fulfillment' && self::$fulfillments !== null ? new self() : throw new \Exception('Invalid data store.');
        }

        public function read_fulfillments(string $type, string $id): array
        {
            return $type === 'WC_Order' && $id === '16' ? self::$fulfillments : [];
        }
    }

    class FakeFulfillment
    {
        public function __construct(private readonly int $id, private readonly bool $fulfilled, private readonly array $meta)
        {
        }

        public function get_id(): int
        {
            return $this->id;
        }

        public function get_status(): string
        {
            return $this->fulfilled ? 'fulfilled' : 'unfulfilled';
        }

        public function get_is_fulfilled(): bool
        {
            return $this->fulfilled;
        }

        public function get_meta(string $key): mixed
        {
            return $this->meta[$key] ?? '';
        }

        public function get_items(): array
        {
            return $this->meta['_items'] ?? [];
        }

        public function get_date_fulfilled(): ?string
        {
            return $this->meta['_date_fulfilled'] ?? null;
        }
    }

    function apply_filters(string $hook, mixed $value, mixed ...$args): mixed
    {
        return isset($GLOBALS['filters'][$hook]) ? ($GLOBALS['filters'][$hook])($value, ...$args) : $value;
    }
}
