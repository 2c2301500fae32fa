<?php

declare(strict_types=1);

namespace TagalongChat\Admin;

use Tagalong\Connect as Flow;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\TagalongException;
use Tagalong\Model\Scope;
use TagalongChat\Connection;
use TagalongChat\Outbox\Backfill;
use TagalongChat\Outbox\Rows;
use TagalongChat\Outbox\Schedule;
use TagalongChat\Outbox\State;

/**
 * The "Connect" button and the way back, and "Disconnect". Nothing is sent anywhere before somebody has connected.
 *
 * The verifier stays here, for this person and a quarter of an hour; the state takes the place of a nonce on the way back.
 */
final class Connect
{
    public const START = 'tagalong_chat_connect';
    public const BACK = 'tagalong_chat_connected';
    public const END = 'tagalong_chat_disconnect';

    private const WAITING = 'tagalong_chat_connecting_';
    private const LIFETIME = 15 * MINUTE_IN_SECONDS;
    private const SCOPES = [Scope::CONTEXT_WRITE, Scope::CONTEXT_READ];

    public function __construct(private readonly Rows $rows, private readonly State $state)
    {
    }

    public function register(): void
    {
        add_action('admin_post_' . self::START, [$this, 'start']);
        add_action('admin_post_' . self::BACK, [$this, 'back']);
        add_action('admin_post_' . self::END, [$this, 'end']);
    }

    public function start(): void
    {
        Access::check(self::START);
        $url = trim(sanitize_text_field(wp_unslash((string) ($_POST['url'] ?? ''))));
        $waiting = ['url' => $url, 'state' => Flow::secret(), 'verifier' => Flow::secret(), 'return_url' => self::returnUrl()];
        try {
            $to = (new Flow($url, Connection::options(15.0)))->url(
                $waiting['return_url'],
                $waiting['state'],
                $waiting['verifier'],
                'Tagalong Chat for WooCommerce',
                self::SCOPES,
                identity: true,
                prefill: self::prefill(!empty($_POST['test'])),
            );
        } catch (ConfigurationException) {
            Access::back('bad_url');
        }
        set_transient(self::WAITING . get_current_user_id(), $waiting, self::LIFETIME);
        wp_redirect($to); // to another host on purpose: the one that was just typed
        exit;
    }

    public function back(): void
    {
        Access::mayManage();
        $waiting = get_transient(self::WAITING . get_current_user_id());
        $state = wp_unslash((string) ($_GET['state'] ?? ''));
        if (!is_array($waiting) || !hash_equals($waiting['state'], $state)) {
            Access::back('bad_state');
        }
        delete_transient(self::WAITING . get_current_user_id()); // a code is tried once
        if (isset($_GET['error'])) {
            Access::back('refused');
        }
        try {
            $flow = new Flow($waiting['url'], Connection::options(15.0));
            $granted = $flow->redeem(wp_unslash((string) ($_GET['code'] ?? '')), $waiting['verifier'], $waiting['return_url']);
        } catch (TagalongException $e) {
            $this->state->write(['error' => $e->getMessage()] + $this->state->read());
            Access::back('failed');
        }
        $this->connected(Connection::save($granted));
        Access::back('connected');
    }

    public function end(): void
    {
        Access::check(self::END);
        $connection = Connection::load();
        $told = true;
        try {
            $connection?->client(10.0)->disconnect();
        } catch (TagalongException) {
            $told = false; // the key may be revoked in the inbox as well
        }
        Connection::forget();
        Backfill::stop();
        $this->rows->clear(); // the next connection may be to another Tagalong
        Access::back($told ? 'disconnected' : 'disconnected_alone');
    }

    /** Of everybody who has begun to connect. */
    public static function forgetAll(): void
    {
        global $wpdb;
        foreach (['_transient_', '_transient_timeout_'] as $prefix) {
            $like = $wpdb->esc_like($prefix . self::WAITING) . '%';
            $wpdb->query($wpdb->prepare("DELETE FROM {$wpdb->options} WHERE option_name LIKE %s", $like));
        }
    }

    private function connected(Connection $connection): void
    {
        $this->state->write(['failures' => 0, 'until' => 0, 'stopped' => '', 'error' => '', 'last' => 0]);
        Schedule::soon(time());
    }

    /** @return array<string, string> what a new shop would be called; the merchant sees and may change it */
    private static function prefill(bool $test): array
    {
        $parts = wp_parse_url(home_url());
        $port = isset($parts['port']) ? ":{$parts['port']}" : '';
        return array_filter([
            'platform' => 'woocommerce',
            'shop_name' => wp_specialchars_decode((string) get_bloginfo('name'), ENT_QUOTES),
            'shop_origin' => ($parts['scheme'] ?? 'https') . '://' . ($parts['host'] ?? '') . $port,
            'shop_currency' => function_exists('get_woocommerce_currency') ? get_woocommerce_currency() : '',
            'shop_language' => strtr((string) get_bloginfo('language'), '_', '-'),
            'shop_time_zone' => str_contains(wp_timezone_string(), '/') ? wp_timezone_string() : '',
            'test' => $test ? '1' : '',
        ]);
    }

    private static function returnUrl(): string
    {
        return admin_url('admin-post.php?action=' . self::BACK);
    }
}
