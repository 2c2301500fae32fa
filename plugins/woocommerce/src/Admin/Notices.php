<?php

declare(strict_types=1);

namespace TagalongChat\Admin;

use TagalongChat\Connection;
use TagalongChat\Outbox\Rows;
use TagalongChat\Outbox\State;
use TagalongChat\Plugin;

/** What somebody must know without looking for it: sending has stopped, or something could not be sent. */
final class Notices
{
    public function __construct(private readonly Rows $rows, private readonly State $state)
    {
    }

    public function register(): void
    {
        add_action('admin_notices', [$this, 'show']);
    }

    public function show(): void
    {
        if (!current_user_can(Access::capability()) || !Plugin::hasWooCommerce() || Connection::load() === null || !self::isOurPlace()) {
            return;
        }
        $dead = $this->rows->counts()['dead'];
        if ($this->state->read()['stopped'] !== '') {
            $this->say(
                __(
                    'Tagalong no longer accepts this site’s key, so orders are not passed on. Connect again; nothing is lost until then.',
                    'tagalong-chat',
                ),
                sprintf('<a class="button" href="%s">%s</a>', esc_url(Page::url()), esc_html__('Settings', 'tagalong-chat')),
            );
        } elseif ($dead > 0) {
            /* translators: %s: a number */
            $text = _n('%s change could not be passed on.', '%s changes could not be passed on.', $dead, 'tagalong-chat');
            $button = Page::button(Page::RETRY, __('Try again', 'tagalong-chat'));
            $this->say('Tagalong: ' . sprintf($text, number_format_i18n($dead)), $button);
        }
    }

    /** Where a shop's people are: a notice on every page of the back office is a nuisance. */
    private static function isOurPlace(): bool
    {
        $screen = get_current_screen();
        $names = $screen === null ? '' : $screen->id . ' ' . $screen->parent_base;
        return preg_match('/dashboard|plugins|woocommerce|shop_order|tagalong/', $names) === 1;
    }

    private function say(string $text, string $html): void
    {
        printf('<div class="notice notice-warning"><p>%s</p><div style="margin-bottom:8px">%s</div></div>', esc_html($text), $html);
    }
}
