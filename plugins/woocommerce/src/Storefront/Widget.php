<?php

declare(strict_types=1);

namespace TagalongChat\Storefront;

use TagalongChat\Guard;
use TagalongChat\Plugin;
use TagalongChat\Settings;

/**
 * Brings the chat to the shop's pages: our own small script (assets/chat.js), which loads the service's widget. Nothing of a person is
 * written into the page, since pages are cached; who is signed in is asked for by the browser when the chat is opened.
 */
final class Widget
{
    private const HANDLE = 'tagalong-chat';

    public function __construct(private readonly Settings $settings, private readonly string $file)
    {
    }

    public function register(): void
    {
        add_action('wp_enqueue_scripts', Guard::hook([$this, 'enqueue']), 10, 0);
    }

    public function enqueue(): void
    {
        $loader = Settings::loaderUrl();
        $shown = $loader !== '' && $this->settings->showsWidget() && !is_customize_preview();
        if (!apply_filters('tagalong_chat_show_widget', $shown) || $loader === '') {
            return;
        }
        $how = ['in_footer' => true, 'strategy' => 'defer'];
        wp_enqueue_script(self::HANDLE, plugins_url('assets/chat.js', $this->file), [], Plugin::VERSION, $how);
        $config = wp_json_encode($this->config($loader), JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT);
        wp_add_inline_script(self::HANDLE, "window.tagalongChat=$config;", 'before');
    }

    /** @return array<string, mixed> */
    private function config(string $loader): array
    {
        $user = get_current_user_id();
        $signedIn = $user !== 0 && $this->settings->identifies();
        return array_filter([
            'loader' => $loader,
            // Not the person's id: only whether it is another one than before.
            'user' => $user === 0 ? '' : substr(hash_hmac('sha256', "tagalong-chat user $user", wp_salt('nonce')), 0, 16),
            'identity' => $signedIn ? rest_url(IdentityRoute::PATH) : null,
            'nonce' => $signedIn ? wp_create_nonce('wp_rest') : null,
            'cookie' => Plugin::hasWooCommerce() && $this->settings->linksOrders() ? Visit::COOKIE : null,
            'consent' => Visit::category(),
            'cart' => Plugin::hasWooCommerce() ? ['add' => self::ajax(), 'url' => wc_get_cart_url()] : null,
            'product' => $this->product(),
        ], static fn (mixed $value): bool => $value !== null);
    }

    /** The address of WooCommerce's own "add to cart". It needs no nonce, which a cached page could not keep fresh. */
    private static function ajax(): string
    {
        return add_query_arg('wc-ajax', 'add_to_cart', home_url('/'));
    }

    /** @return array<string, mixed>|null the product of this page, for the agent */
    private function product(): ?array
    {
        $product = function_exists('is_product') && is_product() ? wc_get_product(get_queried_object_id()) : null;
        return $product instanceof \WC_Product
            ? ['external_id' => (string) $product->get_id(), 'title' => $product->get_name(), 'url' => (string) $product->get_permalink()]
            : null;
    }
}
