<?php

/**
 * Plugin Name:       Tagalong Chat for WooCommerce
 * Plugin URI:        https://github.com/tagalong-chat/tagalong
 * Description:       Chat with your shoppers, and see their orders, parcels and carts beside the conversation.
 * Version:           1.0.0
 * Requires at least: 6.5
 * Requires PHP:      8.1
 * Author:            Tagalong
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       tagalong-chat
 * Domain Path:       /languages
 * WC requires at least: 8.2
 * WC tested up to:   10.0
 *
 * PHP 8.1 is what the Tagalong SDK needs, which comes along in vendor/tagalong (MIT). "Requires Plugins: woocommerce" is left out on
 * purpose: without WooCommerce this is a chat for any WordPress site.
 */

declare(strict_types=1);

defined('ABSPATH') || exit;

// A copy in another folder, or an old one beside the new: the first stays.
if (!class_exists(TagalongChat\Plugin::class, false)) {
    require __DIR__ . '/autoload.php';
    TagalongChat\Plugin::start(__FILE__);
}
