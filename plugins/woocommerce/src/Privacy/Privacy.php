<?php

declare(strict_types=1);

namespace TagalongChat\Privacy;

use Tagalong\Exception\TagalongException;
use Tagalong\Model\CustomerRef;
use Tagalong\Model\DataExport;
use Tagalong\Model\PrivacyState;
use Tagalong\Model\Redaction;
use TagalongChat\Collect\Changes;
use TagalongChat\Connection;
use TagalongChat\Outbox\Row;

/**
 * WordPress's tools for personal data, and WooCommerce's anonymisation of orders, reach as far as Tagalong: what is erased here is
 * erased there. Erasures go through the outbox, so that none is lost while Tagalong cannot be reached.
 */
final class Privacy
{
    /** How often WordPress may ask whether an export is ready; it asks again at once. */
    private const PAGES = 8;

    /** The most that one request may name. */
    private const ORDERS = 1000;

    public function __construct(private readonly Changes $changes)
    {
    }

    public function register(): void
    {
        add_filter('wp_privacy_personal_data_exporters', [$this, 'exporters']);
        add_filter('wp_privacy_personal_data_erasers', [$this, 'erasers']);
        add_action('woocommerce_privacy_remove_order_personal_data', [$this, 'eraseOrder'], 5); // while it still says whose it is
        add_action('admin_init', [$this, 'policy']);
    }

    /**
     * @param array<string, mixed> $all
     *
     * @return array<string, mixed>
     */
    public function exporters(array $all): array
    {
        $name = __('Tagalong Chat', 'tagalong-chat');
        return $all + ['tagalong-chat' => ['exporter_friendly_name' => $name, 'callback' => [$this, 'export']]];
    }

    /**
     * @param array<string, mixed> $all
     *
     * @return array<string, mixed>
     */
    public function erasers(array $all): array
    {
        $name = __('Tagalong Chat', 'tagalong-chat');
        return $all + ['tagalong-chat' => ['eraser_friendly_name' => $name, 'callback' => [$this, 'erase']]];
    }

    /** @return array{data: list<array<string, mixed>>, done: bool} */
    public function export(string $email, int $page = 1): array
    {
        $connection = Connection::load();
        if ($connection === null) {
            return ['data' => [], 'done' => true];
        }
        try {
            // The same reference all day long: asking again looks how far it is, and the next day's export is a new one.
            $reference = 'wp-export-' . gmdate('Ymd') . '-' . substr(hash('sha256', strtolower($email)), 0, 32);
            $request = $connection->client(8.0)->exportData(new DataExport(self::whom($email), reference: $reference));
        } catch (TagalongException $e) {
            return self::exported(__('Could not be asked for', 'tagalong-chat'), $e->getMessage());
        }
        if ($request->state === PrivacyState::DONE && $request->url !== null) {
            return self::exported(__('Download, for a day', 'tagalong-chat'), $request->url);
        }
        if ($page < self::PAGES && $request->state === PrivacyState::PENDING) {
            return ['data' => [], 'done' => false];
        }
        // Not ready yet; or ready, and its link is for people: a shop's key may not read conversations, and the file has them.
        return self::exported(__('Asked for; the merchant finds it in Tagalong under', 'tagalong-chat'), $request->id);
    }

    /** @return array{items_removed: bool, items_retained: bool, messages: list<string>, done: bool} */
    public function erase(string $email, int $page = 1): array
    {
        $there = Connection::load() !== null;
        if ($there) {
            $name = 'mail-' . substr(hash('sha256', strtolower($email)), 0, 32);
            // The orders are named too: news of them that wait in the outbox, or come later, must not bring the person back.
            $orders = self::ordersOf($email) ?: null;
            $this->ask($name, new Redaction(customer: self::whom($email), orders: $orders, reference: self::reference($name)));
        }
        return [
            'items_removed' => $there,
            'items_retained' => false,
            'messages' => $there ? [__('Tagalong has been asked to erase this person’s orders and carts.', 'tagalong-chat')] : [],
            'done' => true,
        ];
    }

    /** @return list<string> */
    private static function ordersOf(string $email): array
    {
        if (!function_exists('wc_get_orders')) {
            return [];
        }
        $all = ['type' => 'shop_order', 'return' => 'ids', 'limit' => self::ORDERS];
        $ids = wc_get_orders($all + ['billing_email' => $email]);
        $user = get_user_by('email', $email);
        if ($user !== false) {
            $ids = array_merge($ids, wc_get_orders($all + ['customer_id' => $user->ID]));
        }
        return array_slice(array_values(array_unique(array_map('strval', $ids))), 0, self::ORDERS);
    }

    public function eraseOrder(mixed $order): void
    {
        if ($order instanceof \WC_Order && Connection::load() !== null) {
            $id = (string) $order->get_id();
            $this->ask("order-$id", new Redaction(orders: [$id], reference: self::reference("order-$id")));
        }
    }

    /** A text for the merchant's own policy. */
    public function policy(): void
    {
        if (function_exists('wp_add_privacy_policy_content')) {
            wp_add_privacy_policy_content(__('Tagalong Chat', 'tagalong-chat'), wp_kses_post(wpautop(self::text())));
        }
    }

    private static function text(): string
    {
        return implode("\n\n", [
            __(
                'When you write in the chat, your messages are kept on our chat server, together with the address of the page you are on.',
                'tagalong-chat',
            ),
            __(
                'When you have chatted and agreed to cookies, the cookie tagalong_shopper lets us see your order and your cart beside ' .
                'the conversation. It is kept for 90 days, and removed when you sign out of the chat.',
                'tagalong-chat',
            ),
            __(
                'When you place an order, its number, goods, amounts, status and parcels, and your name, e-mail, phone and town are ' .
                'passed on to our chat server, so that we can answer questions about it.',
                'tagalong-chat',
            ),
        ]);
    }

    private function ask(string $name, Redaction $what): void
    {
        $this->changes->note(Row::REDACT, $name, payload: (string) json_encode($what, JSON_THROW_ON_ERROR));
        $this->changes->write(); // not at the end of the request: an eraser that dies later must not lose this
    }

    private static function whom(string $email): CustomerRef
    {
        $user = get_user_by('email', $email);
        return new CustomerRef(externalId: $user instanceof \WP_User ? (string) $user->ID : null, email: $email);
    }

    /** New each time: the same reference again would be the same, finished, request. */
    private static function reference(string $name): string
    {
        return "wp-erase-$name-" . bin2hex(random_bytes(6));
    }

    /** @return array{data: list<array<string, mixed>>, done: bool} */
    private static function exported(string $name, string $value): array
    {
        return ['done' => true, 'data' => [[
            'group_id' => 'tagalong-chat',
            'group_label' => __('Chat', 'tagalong-chat'),
            'item_id' => 'tagalong-chat-export',
            'data' => [['name' => $name, 'value' => $value]],
        ]]];
    }
}
