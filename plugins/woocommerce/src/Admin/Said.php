<?php

declare(strict_types=1);

namespace TagalongChat\Admin;

/** The settings page's words that are chosen by a name. */
final class Said
{
    /** @return array<string, array{string, string}> name → kind of notice, text */
    public static function all(): array
    {
        return [
            'connected' => ['success', __('Connected.', 'tagalong-chat')],
            'disconnected' => ['success', __('Disconnected. The key is revoked.', 'tagalong-chat')],
            'disconnected_alone' => [
                'warning',
                __('Disconnected here, but Tagalong could not be told. Revoke the key in the inbox, under Plugins.', 'tagalong-chat'),
            ],
            'bad_url' => ['error', __('This is no address of a Tagalong. It begins with https://.', 'tagalong-chat')],
            'bad_state' => ['error', __('This did not begin here, or took too long. Please connect once more.', 'tagalong-chat')],
            'refused' => ['warning', __('Not connected: it was cancelled.', 'tagalong-chat')],
            'failed' => ['error', __('Tagalong did not give a key. Please connect once more.', 'tagalong-chat')],
            'not_connected' => ['error', __('Not connected yet.', 'tagalong-chat')],
            'revived' => ['success', __('It is being tried again.', 'tagalong-chat')],
            'backfill' => ['success', __('It is being sent, in the background.', 'tagalong-chat')],
        ];
    }

    /** @return array<string, string> */
    public static function settings(): array
    {
        return [
            'widget' => __('Show the chat on the site', 'tagalong-chat'),
            'link_orders' => __('Remember in a cookie who chats, so that their order and cart appear beside the chat', 'tagalong-chat'),
            'carts' => __('Pass on the carts of shoppers who have chatted or are signed in', 'tagalong-chat'),
            'customers' => __('Pass on customers’ accounts', 'tagalong-chat'),
            'catalog' => __('Pass on products and coupons, to show them in the chat', 'tagalong-chat'),
            'identity' => __('Tell the chat who is signed in', 'tagalong-chat'),
        ];
    }
}
