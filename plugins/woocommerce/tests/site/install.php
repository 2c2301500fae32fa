<?php

/**
 * Makes the site: WordPress's tables, the shop's pages and products, the plugins. Run once, by `php install.php`, in the site's folder.
 * In the environment: SITE_URL, and ADMIN_PASSWORD.
 */

define('WP_INSTALLING', true);
error_reporting(E_ALL & ~E_DEPRECATED);
require getcwd() . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

add_filter('pre_wp_mail', '__return_true');
wp_install('Mug shop', 'admin', 'admin@shop.test', true, '', wp_slash(getenv('ADMIN_PASSWORD')), 'en_US');
update_option('siteurl', getenv('SITE_URL'));
update_option('home', getenv('SITE_URL'));
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Europe/Berlin');
update_option('blog_public', 0);
wp_delete_post(1, true);
switch_theme('tagalong-test-shop');

$failed = activate_plugin('woocommerce/woocommerce.php');
if (is_wp_error($failed)) {
    fwrite(STDERR, $failed->get_error_message() . "\n");
    exit(1);
}
