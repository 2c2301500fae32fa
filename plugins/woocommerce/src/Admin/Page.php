<?php

declare(strict_types=1);

namespace TagalongChat\Admin;

use TagalongChat\Connection;
use TagalongChat\Outbox\Backfill;
use TagalongChat\Outbox\Rows;
use TagalongChat\Outbox\Schedule;
use TagalongChat\Outbox\State;
use TagalongChat\Plugin;
use TagalongChat\Settings;

/** The settings page: connection, what is shown and sent, how the sending goes. */
final class Page
{
    public const SLUG = 'tagalong-chat';
    public const RETRY = 'tagalong_chat_revive';
    public const BACKFILL = 'tagalong_chat_start_backfill';

    private const GROUP = 'tagalong_chat';

    public function __construct(private readonly Settings $settings, private readonly Rows $rows, private readonly State $state)
    {
    }

    public function register(): void
    {
        add_action('admin_menu', [$this, 'menu'], 60);
        add_action('admin_init', [$this, 'fields']);
        add_action('admin_post_' . self::RETRY, [$this, 'revive']);
        add_action('admin_post_' . self::BACKFILL, [$this, 'backfill']);
        add_filter('option_page_capability_' . self::GROUP, [Access::class, 'capability']);
    }

    public static function url(): string
    {
        return admin_url('admin.php?page=' . self::SLUG);
    }

    public function menu(): void
    {
        $title = __('Tagalong Chat', 'tagalong-chat');
        Plugin::hasWooCommerce()
            ? add_submenu_page('woocommerce', $title, $title, Access::capability(), self::SLUG, [$this, 'show'])
            : add_menu_page($title, $title, Access::capability(), self::SLUG, [$this, 'show'], 'dashicons-format-chat');
    }

    public function fields(): void
    {
        register_setting(self::GROUP, Settings::OPTION, [
            'type' => 'object',
            'sanitize_callback' => [Settings::class, 'clean'],
            'show_in_rest' => false,
            'default' => [],
        ]);
    }

    public function revive(): void
    {
        Access::check(self::RETRY);
        $this->rows->revive(time());
        $this->state->write(['failures' => 0, 'until' => 0] + $this->state->read());
        Schedule::soon(time());
        Access::back('revived');
    }

    public function backfill(): void
    {
        Access::check(self::BACKFILL);
        if (Connection::load() === null || !Plugin::hasWooCommerce()) {
            Access::back('not_connected');
        }
        Backfill::start(($_POST['days'] ?? '') === '0' ? 0 : 60);
        Access::back('backfill');
    }

    /** A form of one button; what it does changes something, so it is no link. */
    public static function button(string $action, string $label, string $fields = '', string $class = 'button'): string
    {
        return sprintf(
            '<form method="post" action="%s" style="display:inline">%s<input type="hidden" name="action" value="%s">%s
            <button class="%s">%s</button></form>',
            esc_url(admin_url('admin-post.php')),
            $fields,
            esc_attr($action),
            wp_nonce_field($action, '_wpnonce', true, false),
            esc_attr($class),
            esc_html($label),
        );
    }

    public function show(): void
    {
        $connection = Connection::load();
        echo '<div class="wrap"><h1>' . esc_html__('Tagalong Chat', 'tagalong-chat') . '</h1>';
        $this->said();
        if ($connection !== null) {
            $this->showConnection($connection);
        }
        if ($connection === null || $this->state->read()['stopped'] !== '') {
            $this->showConnect($connection);
        }
        if ($connection !== null && Plugin::hasWooCommerce()) {
            $this->showOutbox();
            $this->showBackfill();
        }
        $this->showSettings();
        echo '</div>';
    }

    private function said(): void
    {
        $said = sanitize_key((string) ($_GET['tagalong_said'] ?? ''));
        [$kind, $text] = Said::all()[$said] ?? ['', ''];
        if ($text !== '') {
            printf('<div class="notice notice-%s is-dismissible"><p>%s</p></div>', esc_attr($kind), esc_html($text));
        }
    }

    /** @param Connection|null $before one that Tagalong no longer accepts */
    private function showConnect(?Connection $before): void
    {
        $label = sprintf(
            '<p><label for="tagalong-url">%s</label><br><input id="tagalong-url" name="url" type="url" class="regular-text" required
            placeholder="https://chat.example.com" value="%s"></p><p><label><input type="checkbox" name="test" value="1"> %s</label></p>',
            esc_html__('Address of your Tagalong', 'tagalong-chat'),
            esc_attr($before?->apiUrl() ?? (string) apply_filters('tagalong_chat_default_url', '')),
            esc_html__('This is a test shop', 'tagalong-chat'),
        );
        echo $before !== null ? '' : '<p>' . esc_html__(
            'Nothing is shown or sent before you connect. Connecting opens your Tagalong, where you choose a shop and agree.',
            'tagalong-chat',
        ) . '</p>';
        echo self::button(Connect::START, __('Connect', 'tagalong-chat'), $label, 'button button-primary');
    }

    private function showConnection(Connection $connection): void
    {
        $badge = $connection->isTest()
            ? ' <span class="tagalong-test" style="background:#dba617;color:#1d2327;padding:1px 8px;border-radius:9px">'
                . esc_html__('Test mode', 'tagalong-chat') . '</span>'
            : '';
        printf(
            '<p>%s <strong>%s</strong>%s<br>%s <code>%s</code></p>
            <div><a class="button" href="%s" target="_blank" rel="noopener">%s</a> %s</div>',
            esc_html__('Connected to', 'tagalong-chat'),
            esc_html($connection->shopName()),
            $badge,
            esc_html__('Key:', 'tagalong-chat'),
            esc_html($connection->maskedKey()),
            esc_url($connection->inboxUrl()),
            esc_html__('Open the inbox', 'tagalong-chat'),
            self::button(Connect::END, __('Disconnect', 'tagalong-chat')),
        );
    }

    private function showOutbox(): void
    {
        $counts = $this->rows->counts();
        $state = $this->state->read();
        $rows = [
            __('Waiting', 'tagalong-chat') => number_format_i18n($counts['pending']),
            __('Waiting since', 'tagalong-chat') => $counts['oldest'] === null ? '–' : self::time($counts['oldest']),
            __('Not passed on', 'tagalong-chat') => number_format_i18n($counts['dead']),
            __('Last sent', 'tagalong-chat') => $state['last'] === 0 ? '–' : self::time($state['last']),
            __('Last error', 'tagalong-chat') => ($state['error'] ?: $counts['error']) ?: '–',
        ];
        echo '<h2>' . esc_html__('Passing on', 'tagalong-chat') . '</h2><table class="widefat striped" style="max-width:60em"><tbody>';
        foreach ($rows as $label => $value) {
            printf('<tr><th scope="row" style="width:14em">%s</th><td>%s</td></tr>', esc_html($label), esc_html($value));
        }
        echo '</tbody></table>';
        if ($counts['dead'] > 0) {
            echo '<div style="margin:8px 0">' . self::button(self::RETRY, __('Try again', 'tagalong-chat')) . '</div>';
        }
    }

    private function showBackfill(): void
    {
        $at = Backfill::progress();
        echo '<h2>' . esc_html__('What was there before', 'tagalong-chat') . '</h2>';
        if ($at !== null) {
            $words = [
                'running' => __('Running', 'tagalong-chat'),
                'done' => __('Done', 'tagalong-chat'),
                'failed' => __('Failed', 'tagalong-chat'),
            ];
            /* translators: 1: a state, as "Done"; 2: a number */
            $text = sprintf(__('%1$s: %2$s sent', 'tagalong-chat'), $words[$at['state']] ?? $at['state'], number_format_i18n($at['sent']));
            echo '<p>' . esc_html($text . ($at['error'] === '' ? '' : " ($at[error])")) . '</p>';
        }
        if (($at['state'] ?? '') !== 'running') {
            $days = static fn (string $value): string => sprintf('<input type="hidden" name="days" value="%s">', esc_attr($value));
            echo '<div>' . self::button(self::BACKFILL, __('Send the last 60 days', 'tagalong-chat'), $days('60')) . ' '
                . self::button(self::BACKFILL, __('Send everything', 'tagalong-chat'), $days('0')) . '</div>';
        }
    }

    private function showSettings(): void
    {
        echo '<h2>' . esc_html__('Settings', 'tagalong-chat') . '</h2><form method="post" action="options.php">';
        settings_fields(self::GROUP);
        $labels = Said::settings();
        foreach ($this->settings->all() as $name => $on) {
            if (!Plugin::hasWooCommerce() && !in_array($name, ['widget', 'identity'], true)) {
                // Kept as it is for when there is a shop.
                printf('<input type="hidden" name="%s[%s]" value="%s">', esc_attr(Settings::OPTION), esc_attr($name), $on ? '1' : '');
                continue;
            }
            printf(
                '<p><label><input type="checkbox" name="%s[%s]" value="1"%s> %s</label></p>',
                esc_attr(Settings::OPTION),
                esc_attr($name),
                checked($on, true, false),
                esc_html($labels[$name]),
            );
        }
        submit_button();
        echo '</form>';
    }

    private static function time(int $at): string
    {
        return (string) wp_date(get_option('date_format') . ' ' . get_option('time_format'), $at);
    }
}
