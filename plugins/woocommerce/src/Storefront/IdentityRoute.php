<?php

declare(strict_types=1);

namespace TagalongChat\Storefront;

use Tagalong\Exception\TagalongException;
use TagalongChat\Connection;
use TagalongChat\Settings;

/**
 * Says to the widget who is signed in: GET /wp-json/tagalong-chat/v1/identity with X-WP-Nonce answers {"jwt": …} for the person of
 * this very request, and {"jwt": null} for a guest. WordPress takes a request without the nonce for a guest's.
 */
final class IdentityRoute
{
    public const PATH = 'tagalong-chat/v1/identity';

    /** Long enough to chat, short enough for a lost one. */
    private const LIFETIME = 3600;

    public function __construct(private readonly Settings $settings)
    {
    }

    public function register(): void
    {
        add_action('rest_api_init', function (): void {
            register_rest_route('tagalong-chat/v1', '/identity', [
                'methods' => 'GET',
                'callback' => [$this, 'answer'],
                // Guests may ask: they learn that they are guests.
                'permission_callback' => '__return_true',
            ]);
        });
    }

    public function answer(): \WP_REST_Response
    {
        $response = new \WP_REST_Response(['jwt' => $this->token()]);
        $response->header('Cache-Control', 'no-store, private');
        $response->header('Vary', 'Cookie');
        return $response;
    }

    private function token(): ?string
    {
        $user = wp_get_current_user();
        $connection = $this->settings->identifies() && $user->exists() ? Connection::load() : null;
        if ($connection === null || !$connection->canIdentify()) {
            return null;
        }
        try {
            // No claim that the address is verified: WordPress does not make sure.
            return $connection->identities()->mint(
                (string) $user->ID,
                name: mb_substr((string) $user->display_name, 0, 200) ?: null,
                email: (string) $user->user_email ?: null,
                lifetime: self::LIFETIME,
            );
        } catch (TagalongException) {
            return null;
        }
    }
}
