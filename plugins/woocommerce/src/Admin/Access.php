<?php

declare(strict_types=1);

namespace TagalongChat\Admin;

use TagalongChat\Plugin;

/** Who may do what in the back office, and that they meant it. */
final class Access
{
    public static function capability(): string
    {
        return Plugin::hasWooCommerce() ? 'manage_woocommerce' : 'manage_options';
    }

    /** Ends the request unless this person may, and came by one of our forms. */
    public static function check(string $action): void
    {
        check_admin_referer($action);
        self::mayManage();
    }

    public static function mayManage(): void
    {
        if (!current_user_can(self::capability())) {
            wp_die(esc_html__('You are not allowed to do this.', 'tagalong-chat'), '', ['response' => 403]);
        }
    }

    /** Back to our page, which says what happened. */
    public static function back(string $said): never
    {
        wp_safe_redirect(add_query_arg('tagalong_said', rawurlencode($said), Page::url()));
        exit;
    }
}
