<?php

/**
 * The REST API's shapes (wc/v3), as recorded from WooCommerce 10.0.2: money is text with the shop's decimals, the price of a line a
 * JSON number, and what is not set is "" in one place and null in another.
 */

defined('ABSPATH') || exit;

class WC_Stub_REST
{
    public function register()
    {
        $may = fn () => current_user_can('manage_woocommerce');
        $route = fn ($path, $method, $do) => register_rest_route(
            'wc/v3',
            $path,
            ['methods' => $method, 'permission_callback' => $may, 'callback' => [$this, $do]],
            false
        );
        $route('/orders', 'POST', 'create_order');
        $route('/orders/(?P<id>\d+)', 'GET', 'read_order');
        $route('/orders/(?P<id>\d+)', 'PUT', 'update_order');
        $route('/orders/(?P<id>\d+)', 'DELETE', 'delete_order');
        $route('/orders/(?P<id>\d+)/refunds', 'POST', 'create_refund');
        $route('/products/(?P<id>\d+)', 'GET', 'read_product');
        $route('/customers/(?P<id>\d+)', 'GET', 'read_customer');
        $route('/coupons/(?P<id>\d+)', 'GET', 'read_coupon');
    }

    public function create_order($request)
    {
        $order = new WC_Order();
        $order->set_created_via('rest-api');
        $this->take($order, $request);
        $order->save(); // woocommerce_new_order
        $order->set_date_modified(time());
        $order->calculate_totals(); // woocommerce_update_order, three times until the end
        if (!empty($request['set_paid'])) {
            $order->payment_complete((string) $request['transaction_id']);
        } else {
            $order->save();
        }
        $order->save();
        do_action('woocommerce_rest_insert_shop_order_object', $order, $request, true);
        return new WP_REST_Response(self::order(wc_get_order($order->get_id())), 201);
    }

    public function read_order($request)
    {
        $order = wc_get_order((int) $request['id']);
        return $order instanceof WC_Order ? self::order($order)
            : new WP_Error('woocommerce_rest_shop_order_invalid_id', 'Invalid ID.', ['status' => 404]);
    }

    public function update_order($request)
    {
        $order = wc_get_order((int) $request['id']);
        $this->take($order, $request);
        if (isset($request['status'])) {
            $order->set_status($request['status']);
        }
        $order->save();
        return self::order($order);
    }

    public function delete_order($request)
    {
        $order = wc_get_order((int) $request['id']);
        $shape = self::order($order);
        $order->delete((bool) $request['force']);
        return $shape;
    }

    private function take($order, $request)
    {
        foreach (['billing', 'shipping'] as $which) {
            if (isset($request[$which])) {
                $order->{"set_$which"}($request[$which]);
            }
        }
        foreach (['payment_method', 'payment_method_title', 'customer_note', 'customer_id', 'currency'] as $prop) {
            if (isset($request[$prop])) {
                $order->{"set_$prop"}($request[$prop]);
            }
        }
        foreach ((array) ($request['meta_data'] ?? []) as $m) {
            $order->update_meta_data($m['key'], $m['value']);
        }
        foreach ((array) ($request['line_items'] ?? []) as $line) {
            $order->add_product(wc_get_product($line['product_id']), (int) $line['quantity'], $line);
        }
        foreach ((array) ($request['shipping_lines'] ?? []) as $line) {
            $item = new WC_Order_Item_Shipping();
            $item->set_props(['name' => $line['method_title'], 'method_title' => $line['method_title'], 'method_id' => $line['method_id'],
                'total' => $line['total']]);
            $order->add_item($item);
        }
    }

    public function create_refund($request)
    {
        $refund = wc_create_refund([
            'order_id' => (int) $request['id'], 'amount' => $request['amount'], 'reason' => $request['reason'],
            'line_items' => (array) ($request['line_items'] ?? []),
        ]);
        return is_wp_error($refund) ? $refund : new WP_REST_Response(self::refund($refund), 201);
    }

    public function read_product($request)
    {
        return self::product(wc_get_product((int) $request['id']));
    }

    public function read_customer($request)
    {
        return self::customer(new WC_Customer((int) $request['id']));
    }

    public function read_coupon($request)
    {
        return self::coupon(new WC_Coupon((int) $request['id']));
    }

    private static function money($amount)
    {
        return wc_format_decimal($amount === '' || $amount === null ? '0' : (string) $amount, wc_get_price_decimals());
    }

    /** at gives a moment twice, in the site's time and in UTC. */
    private static function at($prop, $moment)
    {
        return [
            $prop => $moment ? $moment->date('Y-m-d\TH:i:s') : null,
            "{$prop}_gmt" => $moment ? gmdate('Y-m-d\TH:i:s', $moment->getTimestamp()) : null,
        ];
    }

    private static function meta($meta, $display = false)
    {
        return array_map(fn ($m) => ['id' => (int) $m->id, 'key' => $m->key, 'value' => $m->value]
            + ($display ? ['display_key' => $m->key, 'display_value' => $m->value] : []), array_values($meta));
    }

    private static function goods($item)
    {
        $product = $item->get_product();
        return [
            'id' => $item->get_id(), 'name' => $item->get_name(), 'product_id' => $item->get_product_id(),
            'variation_id' => $item->get_variation_id(),
            'quantity' => $item->get_quantity(), 'tax_class' => $item->get_tax_class(), 'subtotal' => self::money($item->get_subtotal()),
            'subtotal_tax' => self::money($item->get_subtotal_tax()), 'total' => self::money($item->get_total()),
            'total_tax' => self::money($item->get_total_tax()),
            'taxes' => [], 'meta_data' => self::meta($item->get_meta_data(), true), 'sku' => $product ? $product->get_sku() : null,
            'price' => $item->get_quantity() ? (float) $item->get_total() / $item->get_quantity() : 0, 'image' => ['id' => '', 'src' => ''],
            'parent_name' => null,
        ];
    }

    private static function carriage($item)
    {
        return [
            'id' => $item->get_id(), 'method_title' => $item->get_method_title(), 'method_id' => $item->get_method_id(),
            'instance_id' => (string) $item->get_instance_id(),
            'total' => self::money($item->get_total()), 'total_tax' => self::money($item->get_total_tax()), 'taxes' => [],
            'tax_status' => $item->get_tax_status(),
            'meta_data' => self::meta($item->get_meta_data(), true),
        ];
    }

    private static function discount($item)
    {
        $coupon = new WC_Coupon($item->get_code());
        return [
            'id' => $item->get_id(), 'code' => $item->get_code(), 'discount' => $item->get_discount(),
            'discount_tax' => $item->get_discount_tax(),
            'meta_data' => self::meta($item->get_meta_data(), true), 'discount_type' => $coupon->get_discount_type(),
            'nominal_amount' => $coupon->get_amount() + 0, 'free_shipping' => (bool) $coupon->get_free_shipping(),
        ];
    }

    public static function order($order)
    {
        $created = self::at('date_created', $order->get_date_created());
        $modified = self::at('date_modified', $order->get_date_modified());
        $completed = self::at('date_completed', $order->get_date_completed());
        $paid = self::at('date_paid', $order->get_date_paid());
        return [
            'id' => $order->get_id(), 'parent_id' => $order->get_parent_id(), 'status' => $order->get_status(),
            'currency' => $order->get_currency(),
            'version' => $order->get_version(), 'prices_include_tax' => $order->get_prices_include_tax(),
            'date_created' => $created['date_created'],
            'date_modified' => $modified['date_modified'], 'discount_total' => self::money($order->get_discount_total()),
            'discount_tax' => self::money($order->get_discount_tax()), 'shipping_total' => self::money($order->get_shipping_total()),
            'shipping_tax' => self::money($order->get_shipping_tax()), 'cart_tax' => self::money($order->get_cart_tax()),
            'total' => self::money($order->get_total()),
            'total_tax' => self::money($order->get_total_tax()), 'customer_id' => $order->get_customer_id(),
            'order_key' => $order->get_order_key(),
            'billing' => $order->get_address('billing'), 'shipping' => $order->get_address('shipping'),
            'payment_method' => $order->get_payment_method(),
            'payment_method_title' => $order->get_payment_method_title(), 'transaction_id' => $order->get_transaction_id(),
            'customer_ip_address' => $order->get_customer_ip_address(), 'customer_user_agent' => $order->get_customer_user_agent(),
            'created_via' => $order->get_created_via(), 'customer_note' => $order->get_customer_note(),
            'date_completed' => $completed['date_completed'],
            'date_paid' => $paid['date_paid'], 'cart_hash' => $order->get_cart_hash(), 'number' => $order->get_order_number(),
            'meta_data' => self::meta($order->get_meta_data()),
            'line_items' => array_values(array_map([self::class, 'goods'], $order->get_items())),
            'tax_lines' => [], 'shipping_lines' => array_values(array_map([self::class, 'carriage'], $order->get_items('shipping'))),
            'fee_lines' => [],
            'coupon_lines' => array_values(array_map([self::class, 'discount'], $order->get_items('coupon'))),
            'refunds' => array_map([self::class, 'given_back'], $order->get_refunds()),
            'payment_url' => $order->get_checkout_payment_url(), 'is_editable' => $order->is_editable(),
            'needs_payment' => $order->needs_payment(),
            'needs_processing' => $order->needs_processing(), 'date_created_gmt' => $created['date_created_gmt'],
            'date_modified_gmt' => $modified['date_modified_gmt'], 'date_completed_gmt' => $completed['date_completed_gmt'],
            'date_paid_gmt' => $paid['date_paid_gmt'],
            'currency_symbol' => html_entity_decode(get_woocommerce_currency_symbol($order->get_currency())),
        ];
    }

    private static function given_back($refund)
    {
        return ['id' => $refund->get_id(), 'reason' => $refund->get_reason(), 'total' => '-' . self::money($refund->get_amount())];
    }

    public static function refund($refund)
    {
        return ['id' => $refund->get_id()] + self::at('date_created', $refund->get_date_created()) + [
            'amount' => self::money($refund->get_amount()), 'reason' => $refund->get_reason(), 'refunded_by' => $refund->get_refunded_by(),
            'refunded_payment' => $refund->get_refunded_payment(), 'meta_data' => self::meta($refund->get_meta_data()),
            'line_items' => array_values(array_map([self::class, 'goods'], $refund->get_items())), 'shipping_lines' => [],
            'tax_lines' => [], 'fee_lines' => [],
        ];
    }

    public static function customer($customer)
    {
        return ['id' => $customer->get_id()] + self::at('date_created', $customer->get_date_created())
            + self::at('date_modified', $customer->get_date_modified()) + [
            'email' => $customer->get_email(), 'first_name' => $customer->get_first_name(), 'last_name' => $customer->get_last_name(),
            'role' => $customer->get_role(),
            'username' => $customer->get_username(), 'billing' => $customer->get_billing(), 'shipping' => $customer->get_shipping(),
            'is_paying_customer' => $customer->get_is_paying_customer(), 'avatar_url' => $customer->get_avatar_url(),
            'meta_data' => self::meta($customer->get_meta_data()),
        ];
    }

    public static function coupon($coupon)
    {
        return [
            'id' => $coupon->get_id(), 'code' => $coupon->get_code(), 'amount' => self::money($coupon->get_amount()),
            'status' => $coupon->get_status(),
        ] + self::at('date_created', $coupon->get_date_created()) + self::at('date_modified', $coupon->get_date_modified()) + [
            'discount_type' => $coupon->get_discount_type(), 'description' => $coupon->get_description(),
        ] + self::at('date_expires', $coupon->get_date_expires()) + [
            'usage_count' => $coupon->get_usage_count(), 'individual_use' => $coupon->get_individual_use(),
            'product_ids' => $coupon->get_product_ids(),
            'excluded_product_ids' => $coupon->get_excluded_product_ids(),
            'usage_limit' => $coupon->get_usage_limit() ? $coupon->get_usage_limit() : null,
            'usage_limit_per_user' => $coupon->get_usage_limit_per_user() ? $coupon->get_usage_limit_per_user() : null,
            'limit_usage_to_x_items' => $coupon->get_limit_usage_to_x_items(), 'free_shipping' => (bool) $coupon->get_free_shipping(),
            'product_categories' => $coupon->get_product_categories(),
            'excluded_product_categories' => $coupon->get_excluded_product_categories(),
            'exclude_sale_items' => $coupon->get_exclude_sale_items(), 'minimum_amount' => self::money($coupon->get_minimum_amount()),
            'maximum_amount' => self::money($coupon->get_maximum_amount()), 'email_restrictions' => $coupon->get_email_restrictions(),
            'used_by' => $coupon->get_used_by(), 'meta_data' => self::meta($coupon->get_meta_data()),
        ];
    }

    public static function product($p)
    {
        $none = ['date_on_sale_from' => null, 'date_on_sale_from_gmt' => null, 'date_on_sale_to' => null, 'date_on_sale_to_gmt' => null];
        return ['id' => $p->get_id(), 'name' => $p->get_name(), 'slug' => $p->get_slug(), 'permalink' => $p->get_permalink()]
            + self::at('date_created', $p->get_date_created()) + self::at('date_modified', $p->get_date_modified()) + [
            'type' => $p->get_type(), 'status' => $p->get_status(), 'featured' => false,
            'catalog_visibility' => $p->get_catalog_visibility(),
            'description' => $p->get_description(), 'short_description' => $p->get_short_description(), 'sku' => $p->get_sku(),
            'price' => (string) $p->get_price(),
            'regular_price' => (string) $p->get_regular_price(), 'sale_price' => (string) $p->get_sale_price(),
        ] + $none + [
            'on_sale' => $p->is_on_sale(), 'purchasable' => $p->is_purchasable(), 'total_sales' => $p->get_total_sales(),
            'virtual' => $p->is_virtual(),
            'downloadable' => $p->is_downloadable(), 'downloads' => [], 'download_limit' => -1, 'download_expiry' => -1,
            'external_url' => '', 'button_text' => '',
            'tax_status' => 'taxable', 'tax_class' => '', 'manage_stock' => (bool) $p->get_manage_stock(),
            'stock_quantity' => $p->get_stock_quantity(),
            'backorders' => 'no', 'backorders_allowed' => false, 'backordered' => false, 'low_stock_amount' => null,
            'sold_individually' => false,
            'weight' => $p->get_weight(), 'dimensions' => ['length' => '', 'width' => '', 'height' => ''],
            'shipping_required' => !$p->is_virtual(),
            'shipping_taxable' => true, 'shipping_class' => '', 'shipping_class_id' => 0, 'reviews_allowed' => true,
            'average_rating' => '0.00', 'rating_count' => 0,
            'upsell_ids' => [], 'cross_sell_ids' => [], 'parent_id' => $p->get_parent_id(), 'purchase_note' => '',
            'categories' => [['id' => 15, 'name' => 'Uncategorized', 'slug' => 'uncategorized']], 'brands' => [], 'tags' => [],
            'images' => [], 'attributes' => [],
            'default_attributes' => [], 'variations' => [], 'grouped_products' => [], 'menu_order' => 0,
            'price_html' => $p->get_price_html(), 'related_ids' => [],
            'meta_data' => self::meta($p->get_meta_data()), 'stock_status' => $p->get_stock_status(), 'has_options' => false,
            'post_password' => '',
            'global_unique_id' => $p->get_global_unique_id(),
        ];
    }
}

add_action('rest_api_init', [new WC_Stub_REST(), 'register']);
