<?php

/** Just enough of WordPress and WooCommerce to load the example plugin, run its hooks and end the request. */

declare(strict_types=1);

const WC_VERSION = '10.0.2';

function add_action(string $hook, callable $do): void
{
    $GLOBALS['hooks'][$hook][] = $do;
}

function do_action(string $hook, mixed ...$args): void
{
    foreach ($GLOBALS['hooks'][$hook] ?? [] as $do) {
        $do(...$args);
    }
}

function apply_filters(string $hook, mixed $value): mixed
{
    return $value;
}

/** @return array<string, string> */
function get_option(string $name): array
{
    return ['url' => (string) getenv('TAGALONG_URL'), 'shop' => (string) getenv('TAGALONG_SHOP'), 'key' => (string) getenv('TAGALONG_KEY')];
}

/** @param array<string, mixed> $args */
function wp_remote_request(string $url, array $args): array
{
    $headers = [];
    foreach ($args['headers'] as $name => $value) {
        $headers[] = "$name: $value";
    }
    $http = ['method' => $args['method'], 'header' => $headers, 'content' => (string) $args['body'], 'ignore_errors' => true];
    $body = file_get_contents($url, false, stream_context_create(['http' => $http]));
    return ['headers' => [], 'body' => $body, 'response' => ['code' => (int) substr($http_response_header[0], 9, 3)]];
}

function wc_get_order(int $id): object
{
    return new class ($id) {
        public function __construct(private readonly int $id)
        {
        }

        public function __call(string $name, array $arguments): mixed
        {
            return match ($name) {
                'get_order_number' => "W-$this->id",
                'get_currency' => 'EUR',
                'get_total' => '54.70',
                'get_status' => 'processing',
                'get_date_modified' => new DateTime('2026-11-21T19:34:16Z'),
            };
        }
    };
}

register_shutdown_function(function (): void {
    foreach ([1001, 1002, 1001] as $id) { // WooCommerce tells of an order several times
        do_action('woocommerce_update_order', $id);
    }
    do_action('shutdown');
});
