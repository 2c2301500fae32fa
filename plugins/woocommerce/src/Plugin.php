<?php

declare(strict_types=1);

namespace TagalongChat;

use Automattic\WooCommerce\Utilities\FeaturesUtil;
use TagalongChat\Admin\Connect;
use TagalongChat\Admin\Notices;
use TagalongChat\Admin\Page;
use TagalongChat\Collect\CartHooks;
use TagalongChat\Collect\CatalogHooks;
use TagalongChat\Collect\Changes;
use TagalongChat\Collect\CustomerHooks;
use TagalongChat\Collect\OrderHooks;
use TagalongChat\Map\Shopper;
use TagalongChat\Outbox\Backfill;
use TagalongChat\Outbox\OptionState;
use TagalongChat\Outbox\Runner;
use TagalongChat\Outbox\Schedule;
use TagalongChat\Outbox\WpdbRows;
use TagalongChat\Privacy\Privacy;
use TagalongChat\Storefront\IdentityRoute;
use TagalongChat\Storefront\OrderLink;
use TagalongChat\Storefront\RecoveryPage;
use TagalongChat\Storefront\Visit;
use TagalongChat\Storefront\Widget;

/** Puts the parts together. The only place that sees all of them. */
final class Plugin
{
    public const VERSION = '1.0.0';

    private const DATABASE = 'tagalong_chat_database';

    public static function start(string $file): void
    {
        register_activation_hook($file, [self::class, 'activate']);
        register_deactivation_hook($file, [self::class, 'deactivate']);
        add_action('before_woocommerce_init', static function () use ($file): void {
            if (class_exists(FeaturesUtil::class)) {
                FeaturesUtil::declare_compatibility('custom_order_tables', $file, true);
                FeaturesUtil::declare_compatibility('cart_checkout_blocks', $file, true);
            }
        });
        add_filter('cron_schedules', [Schedule::class, 'intervals']);
        add_action('plugins_loaded', static fn () => self::load($file));
    }

    public static function load(string $file): void
    {
        $settings = new Settings();
        $visit = new Visit($settings);
        $state = new OptionState();
        $rows = self::rows();
        add_action('init', static fn () => load_plugin_textdomain('tagalong-chat', false, basename(dirname($file)) . '/languages'));
        add_action('admin_init', [self::class, 'upgrade']);
        (new Runner($rows, $state))->register();
        (new Widget($settings, $file))->register();
        (new IdentityRoute($settings))->register();
        (new Privacy(new Changes($rows)))->register();
        (new Page($settings, $rows, $state))->register();
        (new Connect($rows, $state))->register();
        (new Notices($rows, $state))->register();
        if (self::hasWooCommerce()) {
            self::loadShop($settings, $visit, $rows, $state);
        }
    }

    public static function hasWooCommerce(): bool
    {
        return class_exists('WooCommerce', false);
    }

    /** @param bool $everywhere activated for all sites of a network; each makes its table at its first visit of the back office */
    public static function activate(bool $everywhere = false): void
    {
        self::upgrade();
    }

    /** Nothing is lost: what waits is sent when the plugin is active again. */
    public static function deactivate(): void
    {
        Schedule::clear();
    }

    /** Makes the table of this site, and what changes with a new version. */
    public static function upgrade(): void
    {
        if (get_option(self::DATABASE) !== WpdbRows::VERSION) {
            self::rows()->install();
            update_option(self::DATABASE, WpdbRows::VERSION, true);
        }
        Schedule::sweep();
    }

    /** Everything that this plugin keeps in this site. */
    public static function removeAll(): void
    {
        Schedule::clear();
        self::rows()->drop();
        $options = [
            Connection::OPTION, Settings::OPTION, Settings::LOADER, OptionState::OPTION, Backfill::OPTION, self::DATABASE,
        ];
        array_map('delete_option', $options);
        Connect::forgetAll();
        self::forgetOrderIds();
    }

    /** Takes the chat's ids out of the orders, wherever the shop keeps them: WooCommerce's own tables or WordPress's. */
    private static function forgetOrderIds(): void
    {
        global $wpdb;
        foreach ([$wpdb->prefix . 'wc_orders_meta', $wpdb->postmeta] as $table) {
            if ($wpdb->get_var($wpdb->prepare('SHOW TABLES LIKE %s', $wpdb->esc_like($table))) === $table) {
                $wpdb->query($wpdb->prepare('DELETE FROM %i WHERE meta_key IN (%s, %s)', $table, Shopper::META, Shopper::CART_META));
            }
        }
    }

    private static function loadShop(Settings $settings, Visit $visit, WpdbRows $rows, OptionState $state): void
    {
        (new Backfill($settings))->register();
        (new RecoveryPage())->register();
        if (Settings::loaderUrl() === '' || get_option(self::DATABASE) !== WpdbRows::VERSION) {
            return; // nothing leaves, so nothing is collected
        }
        $changes = new Changes($rows);
        (new OrderHooks($changes))->register();
        (new OrderLink($visit))->register();
        if ($settings->sendsCustomers()) {
            (new CustomerHooks($changes))->register();
        }
        if ($settings->sendsCatalog()) {
            (new CatalogHooks($changes))->register();
        }
        if ($settings->sendsCarts()) {
            (new CartHooks($changes, $visit))->register();
        }
    }

    private static function rows(): WpdbRows
    {
        return new WpdbRows($GLOBALS['wpdb']);
    }
}
