<?php

/** The two classes that plugins ask about WooCommerce's features. */

namespace Automattic\WooCommerce\Utilities;

defined('ABSPATH') || exit;

class FeaturesUtil
{
    private static $declared = [];

    public static function declare_compatibility($feature_id, $plugin_file, $positive_compatibility = true)
    {
        if (!did_action('before_woocommerce_init') || did_action('woocommerce_init')) {
            _doing_it_wrong(__METHOD__, 'Compatibility is declared in before_woocommerce_init.', '7.0');
            return false;
        }
        self::$declared[plugin_basename($plugin_file)][$feature_id] = $positive_compatibility;
        return true;
    }

    public static function get_compatible_features_for_plugin($plugin_name, $enabled_features_only = false, $resolve_uncertain = false)
    {
        $of = self::$declared[$plugin_name] ?? [];
        return [
            'compatible' => array_keys(array_filter($of)),
            'incompatible' => array_keys(array_filter($of, fn ($yes) => !$yes)),
            'uncertain' => [],
        ];
    }

    public static function feature_is_enabled($feature_id)
    {
        return $feature_id === 'custom_order_tables';
    }
}

class OrderUtil
{
    public static function custom_orders_table_usage_is_enabled()
    {
        return true;
    }

    public static function is_order($order_id, $types = [])
    {
        $order = wc_get_order($order_id);
        return $order && (!$types || in_array($order->get_type(), $types, true));
    }

    public static function get_order_type($order_id)
    {
        $order = wc_get_order($order_id);
        return $order ? $order->get_type() : null;
    }
}
