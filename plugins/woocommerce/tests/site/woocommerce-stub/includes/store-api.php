<?php

/**
 * The Store API's cart and checkout, which the blocks use. Opening the checkout makes an order with the status "checkout-draft";
 * placing it turns the draft into a new order. Money is text in minor units.
 */

defined('ABSPATH') || exit;

class WC_Stub_Store_API
{
    private const BASE = 'wc/store/v1';

    public function register()
    {
        $routes = [
            ['GET', '/cart', 'cart'], ['POST', '/cart/add-item', 'add'], ['POST', '/cart/update-item', 'update'],
                ['POST', '/cart/remove-item', 'remove'],
            ['POST', '/cart/apply-coupon', 'coupon'], ['POST', '/cart/update-customer', 'customer'], ['GET', '/checkout', 'open'],
            ['POST', '/checkout', 'place'],
        ];
        foreach ($routes as [$method, $path, $do]) {
            register_rest_route(self::BASE, $path, [
                'methods' => $method,
                'permission_callback' => '__return_true',
                'callback' => fn ($request) => $this->answer($request, $do),
            ]);
        }
    }

    private function answer($request, $do)
    {
        wc_load_cart();
        if ($request->get_method() !== 'GET' && !wp_verify_nonce((string) $request->get_header('Nonce'), 'wc_store_api')) {
            return new WP_Error('woocommerce_rest_missing_nonce', 'Missing the Nonce header.', ['status' => 401]);
        }
        $data = $this->$do($request);
        if (is_wp_error($data)) {
            return $data;
        }
        $response = rest_ensure_response($data);
        $response->header('Nonce', wp_create_nonce('wc_store_api'));
        $response->header('Cache-Control', 'no-store');
        return $response;
    }

    private function add($request)
    {
        $key = WC()->cart->add_to_cart((int) $request['id'], max(1, (int) ($request['quantity'] ?? 1)));
        if (!$key) {
            return new WP_Error('woocommerce_rest_product_not_purchasable', 'That cannot be bought.', ['status' => 400]);
        }
        $this->cart_updated($request);
        return new WP_REST_Response($this->cart($request), 201);
    }

    private function update($request)
    {
        if (!isset(WC()->cart->cart_contents[$request['key']])) {
            return new WP_Error('woocommerce_rest_cart_invalid_key', 'There is no such line.', ['status' => 409]);
        }
        WC()->cart->set_quantity((string) $request['key'], (int) $request['quantity']);
        $this->cart_updated($request);
        return $this->cart($request);
    }

    private function remove($request)
    {
        WC()->cart->remove_cart_item((string) $request['key']);
        $this->cart_updated($request);
        return $this->cart($request);
    }

    private function coupon($request)
    {
        if (!WC()->cart->apply_coupon((string) $request['code'])) {
            return new WP_Error('woocommerce_rest_cart_coupon_error', 'That coupon does not work.', ['status' => 400]);
        }
        $this->cart_updated($request);
        return $this->cart($request);
    }

    private function customer($request)
    {
        foreach (['billing' => 'billing_address', 'shipping' => 'shipping_address'] as $which => $param) {
            foreach ((array) ($request[$param] ?? []) as $field => $value) {
                WC()->customer->{"set_{$which}_$field"}(wc_clean($value));
            }
        }
        WC()->customer->save();
        do_action('woocommerce_set_cart_cookies', true);
        $this->cart_updated($request);
        return $this->cart($request);
    }

    /** cart_updated carries a change of the cart or the customer over to the draft, when there is one. */
    private function cart_updated($request)
    {
        $draft = $this->draft();
        if ($draft) {
            $this->fill($draft);
            $draft->save();
            do_action('woocommerce_store_api_cart_update_order_from_request', $draft, $request);
        }
    }

    private function draft()
    {
        $order = wc_get_order((int) WC()->session->get('store_api_draft_order', 0));
        return $order && $order->get_status() === 'checkout-draft' ? $order : null;
    }

    private function fill($order)
    {
        $billing = [];
        foreach (array_keys(WC_Checkout::FIELDS) as $field) {
            $billing[$field] = WC()->customer->{"get_billing_$field"}();
        }
        WC_Checkout::instance()->fill($order, $billing);
    }

    private function open($request)
    {
        if (WC()->cart->is_empty()) {
            return new WP_Error('woocommerce_rest_cart_empty', 'Cannot create order from empty cart.', ['status' => 400]);
        }
        $order = $this->draft();
        if (!$order) {
            $order = new WC_Order();
            $order->set_status('checkout-draft');
            $order->set_created_via('store-api');
        }
        $this->fill($order);
        $order->save();
        $order->save(); // woocommerce_update_order: a draft's first save is silent
        WC()->session->set('store_api_draft_order', $order->get_id());
        do_action('woocommerce_set_cart_cookies', true);
        do_action('woocommerce_store_api_checkout_update_order_meta', $order);
        $order->save();
        return $this->result($order, '');
    }

    private function place($request)
    {
        $order = $this->draft();
        if (!$order) {
            $made = $this->open($request);
            if (is_wp_error($made)) {
                return $made;
            }
            $order = $this->draft();
        }
        foreach ((array) ($request['billing_address'] ?? []) as $field => $value) {
            WC()->customer->{"set_billing_$field"}(wc_clean($value));
        }
        WC()->customer->save();
        $this->fill($order);
        if (!is_email($order->get_billing_email())) {
            return new WP_Error('woocommerce_rest_invalid_email_address', 'That is no e-mail address.', ['status' => 400]);
        }
        $order->set_customer_note(wc_clean($request['customer_note'] ?? ''));
        $order->set_payment_method(wc_clean($request['payment_method'] ?? 'cod'));
        $order->set_payment_method_title(WC_Checkout::GATEWAYS[$order->get_payment_method()] ?? '');
        do_action('woocommerce_store_api_checkout_update_order_from_request', $order, $request);
        $order->set_status('pending');
        $order->save();
        do_action('woocommerce_store_api_checkout_order_processed', $order);
        WC_Checkout::instance()->pay($order);
        WC()->session->set('store_api_draft_order', null);
        return $this->result($order, 'success');
    }

    private function result($order, $payment)
    {
        return [
            'order_id' => $order->get_id(),
            'status' => $order->get_status(),
            'order_key' => $order->get_order_key(),
            'order_number' => $order->get_order_number(),
            'customer_note' => $order->get_customer_note(),
            'customer_id' => $order->get_customer_id(),
            'billing_address' => (object) $order->get_address('billing'),
            'shipping_address' => (object) $order->get_address('shipping'),
            'payment_method' => $order->get_payment_method(),
            'payment_result' => [
                'payment_status' => $payment,
                'payment_details' => $payment === '' ? [] : [
                    ['key' => 'result', 'value' => 'success'], ['key' => 'redirect', 'value' => $order->get_checkout_order_received_url()],
                ],
                'redirect_url' => $payment === '' ? '' : $order->get_checkout_order_received_url(),
            ],
            'additional_fields' => (object) [],
            '__experimentalCart' => $this->cart(null),
            'extensions' => (object) [],
        ];
    }

    /** minor makes "1450" of 14.5. */
    private function minor($amount)
    {
        return number_format((float) $amount * 10 ** wc_get_price_decimals(), 0, '', '');
    }

    private function currency()
    {
        $symbol = html_entity_decode(get_woocommerce_currency_symbol());
        return [
            'currency_code' => get_woocommerce_currency(), 'currency_symbol' => $symbol, 'currency_minor_unit' => wc_get_price_decimals(),
            'currency_decimal_separator' => '.', 'currency_thousand_separator' => ',', 'currency_prefix' => $symbol,
            'currency_suffix' => '',
        ];
    }

    private function line($line)
    {
        $p = $line['data'];
        $price = $this->minor($p->get_price());
        $raw = number_format((float) $p->get_price() * 10 ** 6, 0, '', '');
        return [
            'key' => $line['key'], 'id' => $p->get_id(), 'type' => $p->get_type(), 'quantity' => $line['quantity'],
            'quantity_limits' => ['minimum' => 1, 'maximum' => $p->get_stock_quantity() ?? 9999, 'multiple_of' => 1, 'editable' => true],
            'name' => $p->get_name(), 'short_description' => '', 'description' => $p->get_description(), 'sku' => $p->get_sku(),
            'low_stock_remaining' => null, 'backorders_allowed' => false, 'show_backorder_badge' => false, 'sold_individually' => false,
            'permalink' => $p->get_permalink(), 'images' => [], 'variation' => [], 'item_data' => [],
            'prices' => ['price' => $price, 'regular_price' => $price, 'sale_price' => $price, 'price_range' => null] + $this->currency()
                + ['raw_prices' => ['precision' => 6, 'price' => $raw, 'regular_price' => $raw, 'sale_price' => $raw]],
            'totals' => [
                'line_subtotal' => $this->minor($line['line_subtotal']), 'line_subtotal_tax' => '0',
                'line_total' => $this->minor($line['line_total']),
                'line_total_tax' => '0',
            ] + $this->currency(),
            'catalog_visibility' => $p->get_catalog_visibility(), 'extensions' => (object) [],
        ];
    }

    private function coupon_line($code)
    {
        $coupon = new WC_Coupon($code);
        return [
            'code' => $code, 'discount_type' => $coupon->get_discount_type(),
            'totals' => ['total_discount' => $this->minor(WC()->cart->get_discount_total()), 'total_discount_tax' => '0']
                + $this->currency(),
        ];
    }

    private function rates($lines)
    {
        $address = array_intersect_key(
            $this->address('shipping'),
            array_flip(['address_1', 'address_2', 'city', 'state', 'postcode', 'country'])
        );
        $names = array_map(fn ($l) => $l['data']->get_name() . ' &times; ' . $l['quantity'], $lines);
        return [[
            'package_id' => 0, 'name' => 'Shipment 1', 'destination' => $address,
            'items' => array_map(fn ($l) => ['key' => $l['key'], 'name' => $l['data']->get_name(), 'quantity' => $l['quantity']], $lines),
            'shipping_rates' => [[
                'rate_id' => 'flat_rate:1', 'name' => 'Flat rate', 'description' => '', 'delivery_time' => '', 'price' => '0',
                'taxes' => '0',
                'instance_id' => 1, 'method_id' => 'flat_rate', 'meta_data' => [['key' => 'Items', 'value' => implode(', ', $names)]],
                'selected' => true,
            ] + $this->currency()],
        ]];
    }

    private function address($which)
    {
        $out = [];
        foreach (['first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country'] as $field) {
            $out[$field] = WC()->customer->{"get_{$which}_$field"}();
        }
        return $out + ($which === 'billing' ? ['email' => WC()->customer->get_billing_email()] : [])
            + ['phone' => WC()->customer->{"get_{$which}_phone"}()];
    }

    private function cart($request)
    {
        $cart = WC()->cart;
        $lines = array_values($cart->get_cart());
        $full = $lines !== [];
        return [
            'items' => array_map([$this, 'line'], $lines),
            'coupons' => array_map([$this, 'coupon_line'], $cart->get_applied_coupons()),
            'fees' => [],
            'totals' => [
                'total_items' => $this->minor($cart->get_subtotal()), 'total_items_tax' => '0', 'total_fees' => '0',
                'total_fees_tax' => '0',
                'total_discount' => $this->minor($cart->get_discount_total()), 'total_discount_tax' => '0', 'total_shipping' => $full ? '0'
                    : null,
                'total_shipping_tax' => $full ? '0' : null, 'total_price' => $this->minor($cart->get_total('edit')), 'total_tax' => '0',
                'tax_lines' => [],
            ] + $this->currency(),
            'shipping_address' => (object) $this->address('shipping'),
            'billing_address' => (object) $this->address('billing'),
            'needs_payment' => $full,
            'needs_shipping' => $full,
            'payment_requirements' => ['products'],
            'has_calculated_shipping' => $full,
            'shipping_rates' => $full ? $this->rates($lines) : [],
            'items_count' => $cart->get_cart_contents_count(),
            'items_weight' => 0,
            'cross_sells' => [],
            'errors' => [],
            'payment_methods' => ['bacs', 'cod'],
            'extensions' => (object) [],
        ];
    }
}

add_action('rest_api_init', [new WC_Stub_Store_API(), 'register']);
