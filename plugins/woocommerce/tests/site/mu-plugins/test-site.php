<?php

/**
 * Plugin Name: Test site
 * Description: Keeps the site to itself, and writes down which hooks fire while a test asks for it.
 */

defined('ABSPATH') || exit;

add_filter('pre_wp_mail', '__return_true');
// Debian's package does not update itself; nothing here asks anybody whether it should.
remove_action('init', 'wp_schedule_update_checks');
remove_action('admin_init', '_maybe_update_core');
remove_action('admin_init', '_maybe_update_plugins');
remove_action('admin_init', '_maybe_update_themes');

if (is_file(SITE_TRACE)) {
    add_action('all', function () {
        $hook = current_filter();
        if (
            preg_match('/^(woocommerce_|user_register$|profile_update$)/', $hook)
            && !preg_match('/_get_|^woocommerce_(currency|cookie|cart_hash)/', $hook)
        ) {
            file_put_contents(SITE_TRACE, "$hook\n", FILE_APPEND | LOCK_EX);
        }
    });
}
