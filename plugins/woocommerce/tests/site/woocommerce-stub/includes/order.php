<?php

/**
 * Orders and refunds. What is saved, and which hooks that fires in which order, is WooCommerce 10.0.2's as it was measured with its
 * own order tables ("HPOS") on.
 */

defined('ABSPATH') || exit;

abstract class WC_Abstract_Order extends WC_Data
{
    protected $data = [
        'parent_id' => 0, 'status' => '', 'currency' => '', 'version' => '', 'prices_include_tax' => false, 'date_created' => null,
        'date_modified' => null, 'discount_total' => '0', 'discount_tax' => '0', 'shipping_total' => '0', 'shipping_tax' => '0',
        'cart_tax' => '0', 'total' => '0', 'total_tax' => '0',
    ];
    protected $dates = ['date_created', 'date_modified'];
    protected $items = null;
    protected $gone = [];

    public function __construct($order = 0)
    {
        if ($order instanceof self) {
            $order = $order->get_id();
        }
        if (!$order) {
            $this->data['currency'] = get_woocommerce_currency();
            return;
        }
        $this->read((int) $order);
    }

    abstract public function get_type();

    public function get_status($context = 'view')
    {
        $status = $this->get_prop('status', $context);
        return $status === '' && $context === 'view' ? 'pending' : $status;
    }

    public function set_status($new_status, $note = '', $manual_update = false)
    {
        $old = $this->get_status('edit');
        $new = strpos($new_status, 'wc-') === 0 ? substr($new_status, 3) : $new_status;
        $this->set_prop('status', $new);
        return ['from' => $old, 'to' => $new];
    }

    public function set_discount_total($value)
    {
        $this->set_prop('discount_total', wc_format_decimal($value, false, true));
    }

    public function set_shipping_total($value)
    {
        $this->set_prop('shipping_total', wc_format_decimal($value, false, true));
    }

    public function set_total($value)
    {
        $this->set_prop('total', wc_format_decimal($value, wc_get_price_decimals()));
    }

    public function get_total_discount($ex_tax = true)
    {
        return $this->get_discount_total();
    }

    public function get_subtotal()
    {
        return array_sum(array_map(fn ($item) => (float) $item->get_subtotal(), $this->get_items()));
    }

    /** get_items gives the lines of some types, by id; new ones have no id yet. */
    public function get_items($types = 'line_item')
    {
        $this->items ??= $this->read_items();
        $out = array_filter($this->items, fn ($item) => in_array($item->get_type(), (array) $types, true));
        return apply_filters('woocommerce_order_get_items', $out, $this, (array) $types);
    }

    public function get_item($item_id, $load_from_db = true)
    {
        return $this->get_items(['line_item', 'shipping', 'fee', 'coupon', 'tax'])[$item_id] ?? false;
    }

    public function get_item_count($item_type = '')
    {
        return array_sum(array_map(fn ($item) => $item->get_quantity(), $this->get_items()));
    }

    public function get_shipping_methods()
    {
        return $this->get_items('shipping');
    }

    public function get_shipping_method()
    {
        return implode(', ', array_map(fn ($item) => $item->get_name(), $this->get_items('shipping')));
    }

    public function get_fees()
    {
        return $this->get_items('fee');
    }

    public function get_taxes()
    {
        return $this->get_items('tax');
    }

    public function get_coupons()
    {
        return $this->get_items('coupon');
    }

    public function get_coupon_codes()
    {
        return array_values(array_map(fn ($item) => $item->get_code(), $this->get_coupons()));
    }

    public function add_item($item)
    {
        $this->items ??= $this->read_items();
        $item->set_order_id($this->id);
        $this->items[$item->get_id() ? $item->get_id() : 'new:' . count($this->items)] = $item;
    }

    public function add_product($product, $qty = 1, $args = [])
    {
        $item = new WC_Order_Item_Product();
        $item->set_product($product);
        $item->set_quantity($qty);
        $item->set_subtotal($args['subtotal'] ?? wc_format_decimal($product->get_price() * $qty));
        $item->set_total($args['total'] ?? $item->get_subtotal());
        $this->add_item($item);
        return $item->get_id();
    }

    public function remove_order_items($type = null)
    {
        $types = $type === null ? ['line_item', 'shipping', 'fee', 'coupon', 'tax'] : [$type];
        foreach ($this->get_items($types) as $key => $item) {
            if ($item->get_id()) {
                $this->gone[] = $item;
            }
            unset($this->items[$key]);
        }
    }

    public function get_item_total($item, $inc_tax = false, $round = true)
    {
        return $item->get_quantity() ? round((float) $item->get_total() / $item->get_quantity(), wc_get_rounding_precision()) : 0.0;
    }

    public function calculate_totals($and_taxes = true)
    {
        $goods = array_sum(array_map(fn ($item) => (float) $item->get_total(), $this->get_items()));
        $before = array_sum(array_map(fn ($item) => (float) $item->get_subtotal(), $this->get_items()));
        $shipping = array_sum(array_map(fn ($item) => (float) $item->get_total(), $this->get_items('shipping')));
        $this->set_discount_total((string) ($before - $goods));
        $this->set_shipping_total((string) $shipping);
        $this->set_total((string) ($goods + $shipping));
        do_action('woocommerce_order_after_calculate_totals', $and_taxes, $this);
        $this->save();
        return $this->get_total();
    }

    public function save()
    {
        do_action("woocommerce_before_{$this->object_type}_object_save", $this, null);
        $this->id ? $this->update() : $this->create();
        $this->save_items();
        do_action("woocommerce_after_{$this->object_type}_object_save", $this, null);
        return $this->id;
    }

    abstract protected function create();

    abstract protected function update();

    protected function save_items()
    {
        foreach ($this->gone as $item) {
            $item->delete();
        }
        $this->gone = [];
        $saved = [];
        foreach ($this->items ?? [] as $item) {
            $item->set_order_id($this->id);
            $item->save();
            $saved[$item->get_id()] = $item;
        }
        if ($this->items !== null) {
            $this->items = $saved;
        }
    }

    /** persist writes the row and the meta data. */
    protected function persist()
    {
        global $wpdb;
        $table = $wpdb->prefix . 'wc_orders';
        $this->set_date_created($this->get_date_created('edit') ?? time());
        if ($this->id === 0 || ($this->changes && !isset($this->changes['date_modified']))) {
            $this->set_date_modified(time());
        }
        $this->set_version(WC()->version);
        $stored = in_array($this->get_status('edit'), ['trash', 'checkout-draft', 'auto-draft'], true) ? $this->get_status('edit')
            : $this->get_status();
        $row = [
            'type' => $this->get_type(), 'status' => $this->get_type() === 'shop_order' ? "wc-$stored" : 'wc-completed',
            'parent_order_id' => $this->get_parent_id(), 'total_amount' => $this->get_total(),
            'customer_id' => $this->columns()['customer_id'], 'billing_email' => $this->columns()['billing_email'],
            'date_created_gmt' => gmdate('Y-m-d H:i:s', $this->get_date_created()->getTimestamp()),
            'date_updated_gmt' => gmdate('Y-m-d H:i:s', $this->get_date_modified()->getTimestamp()),
            'data' => $this->pack(),
        ];
        if ($this->id === 0) {
            $wpdb->insert($table, $row);
            $this->id = (int) $wpdb->insert_id;
        } else {
            $wpdb->update($table, $row, ['id' => $this->id]);
        }
        $this->save_meta_data();
        $this->apply_changes();
    }

    protected function columns()
    {
        return ['customer_id' => 0, 'billing_email' => null];
    }

    public function save_meta_data()
    {
        global $wpdb;
        $table = $wpdb->prefix . 'wc_orders_meta';
        foreach ($this->meta_data as $m) {
            $row = ['order_id' => $this->id, 'meta_key' => $m->key, 'meta_value' => maybe_serialize($m->value)];
            if ($m->value === null) {
                $wpdb->delete($table, ['id' => $m->id]);
            } elseif ($m->id) {
                $wpdb->update($table, $row, ['id' => $m->id]);
            } else {
                $wpdb->insert($table, $row);
                $m->id = (int) $wpdb->insert_id;
            }
        }
        $this->meta_data = $this->get_meta_data();
    }

    protected function read($id)
    {
        global $wpdb;
        $row = $wpdb->get_row($wpdb->prepare("SELECT * FROM {$wpdb->prefix}wc_orders WHERE id = %d AND type = %s", $id, $this->get_type()));
        if (!$row) {
            throw new Exception('Invalid order.');
        }
        $this->id = (int) $row->id;
        $this->unpack($row->data);
        $metas = $wpdb->prepare("SELECT * FROM {$wpdb->prefix}wc_orders_meta WHERE order_id = %d ORDER BY id", $id);
        foreach ($wpdb->get_results($metas) as $m) {
            $this->meta_data[] = new WC_Meta_Data(['id' => (int) $m->id, 'key' => $m->meta_key,
                'value' => maybe_unserialize($m->meta_value)]);
        }
    }

    private function read_items()
    {
        global $wpdb;
        if ($this->id === 0) {
            return [];
        }
        $classes = [
            'line_item' => WC_Order_Item_Product::class, 'shipping' => WC_Order_Item_Shipping::class, 'fee' => WC_Order_Item_Fee::class,
            'coupon' => WC_Order_Item_Coupon::class, 'tax' => WC_Order_Item_Tax::class,
        ];
        $items = [];
        $sql = $wpdb->prepare("SELECT * FROM {$wpdb->prefix}woocommerce_order_items WHERE order_id = %d ORDER BY order_item_id", $this->id);
        foreach ($wpdb->get_results($sql) as $row) {
            $items[(int) $row->order_item_id] = new $classes[$row->order_item_type]($row);
        }
        return $items;
    }
}

class WC_Order extends WC_Abstract_Order
{
    protected $object_type = 'order';
    private $transition = null;

    public function __construct($order = 0)
    {
        $address = [
            'first_name' => '', 'last_name' => '', 'company' => '', 'address_1' => '', 'address_2' => '', 'city' => '', 'state' => '',
            'postcode' => '', 'country' => '',
        ];
        $this->data += [
            'customer_id' => 0, 'order_key' => '', 'billing' => $address + ['email' => '', 'phone' => ''],
            'shipping' => $address + ['phone' => ''], 'payment_method' => '', 'payment_method_title' => '', 'transaction_id' => '',
            'customer_ip_address' => '', 'customer_user_agent' => '', 'created_via' => '', 'customer_note' => '', 'date_completed' => null,
            'date_paid' => null, 'cart_hash' => '', 'order_stock_reduced' => false,
        ];
        $this->dates = array_merge($this->dates, ['date_completed', 'date_paid']);
        parent::__construct($order);
    }

    public function get_type()
    {
        return 'shop_order';
    }

    /** The fields of the addresses are properties too: get_billing_city(), set_shipping_phone(). */
    public function __call($name, $args)
    {
        if (preg_match('/^(get|set)_(billing|shipping)_(\w+)$/', $name, $m) && array_key_exists($m[3], $this->data[$m[2]])) {
            $address = $this->get_prop($m[2], 'edit');
            if ($m[1] === 'set') {
                $this->set_prop($m[2], array_replace($address, [$m[3] => (string) $args[0]]));
                return null;
            }
            $value = $address[$m[3]];
            return ($args[0] ?? 'view') === 'view' ? apply_filters("woocommerce_order_get_{$m[2]}_{$m[3]}", $value, $this) : $value;
        }
        return parent::__call($name, $args);
    }

    public function set_billing($address)
    {
        $this->set_prop(
            'billing',
            array_replace($this->get_prop('billing', 'edit'), array_intersect_key($address, $this->data['billing']))
        );
    }

    public function set_shipping($address)
    {
        $this->set_prop(
            'shipping',
            array_replace($this->get_prop('shipping', 'edit'), array_intersect_key($address, $this->data['shipping']))
        );
    }

    public function get_address($type = 'billing')
    {
        return $this->get_prop($type);
    }

    public function get_formatted_billing_full_name()
    {
        return trim($this->get_billing_first_name() . ' ' . $this->get_billing_last_name());
    }

    public function get_order_number()
    {
        return (string) apply_filters('woocommerce_order_number', $this->id, $this);
    }

    public function get_customer_id($context = 'view')
    {
        return $this->get_prop('customer_id', $context);
    }

    public function get_user_id($context = 'view')
    {
        return $this->get_customer_id($context);
    }

    public function get_user()
    {
        return $this->get_customer_id() ? get_user_by('id', $this->get_customer_id()) : false;
    }

    public function get_data()
    {
        return array_merge(['id' => $this->id], array_replace($this->data, $this->changes), [
            'number' => $this->get_order_number(), 'meta_data' => $this->get_meta_data(), 'line_items' => $this->get_items('line_item'),
            'tax_lines' => $this->get_items('tax'), 'shipping_lines' => $this->get_items('shipping'),
            'fee_lines' => $this->get_items('fee'), 'coupon_lines' => $this->get_items('coupon'),
        ]);
    }

    public function has_status($status)
    {
        return in_array($this->get_status(), (array) $status, true);
    }

    public function is_editable()
    {
        return in_array($this->get_status(), ['pending', 'on-hold', 'auto-draft'], true);
    }

    public function is_paid()
    {
        return $this->has_status(wc_get_is_paid_statuses());
    }

    public function needs_payment()
    {
        return $this->has_status(['pending', 'failed']) && (float) $this->get_total() > 0;
    }

    public function needs_processing()
    {
        foreach ($this->get_items() as $item) {
            $product = $item->get_product();
            if (!$product || !$product->is_virtual()) {
                return true;
            }
        }
        return false;
    }

    public function needs_shipping_address()
    {
        return $this->needs_processing();
    }

    public function get_checkout_payment_url($on_checkout = false)
    {
        $url = wc_get_checkout_url() . 'order-pay/' . $this->id . '/';
        return add_query_arg(['pay_for_order' => 'true', 'key' => $this->get_order_key()], $url);
    }

    public function get_checkout_order_received_url()
    {
        return add_query_arg('key', $this->get_order_key(), wc_get_checkout_url() . 'order-received/' . $this->id . '/');
    }

    public function get_view_order_url()
    {
        return apply_filters('woocommerce_get_view_order_url', wc_get_page_permalink('myaccount') . 'view-order/' . $this->id . '/', $this);
    }

    public function get_edit_order_url()
    {
        return apply_filters('woocommerce_get_edit_order_url', admin_url("admin.php?page=wc-orders&action=edit&id={$this->id}"), $this);
    }

    public function set_status($new_status, $note = '', $manual_update = false)
    {
        $result = parent::set_status($new_status, $note, $manual_update);
        $from = $result['from'] === '' ? 'pending' : $result['from'];
        if ($from !== $result['to'] && $result['to'] !== 'checkout-draft') {
            $this->transition = [
                'from' => $this->transition['from'] ?? $from, 'to' => $result['to'], 'note' => $note, 'manual' => (bool) $manual_update,
            ];
            $this->stamp($result['to']);
        }
        return $result;
    }

    /** stamp gives an order that is paid or done its moment. Payment on delivery is "processing" and not paid. */
    private function stamp($status)
    {
        $paid = in_array($status, wc_get_is_paid_statuses(), true) && !$this->get_date_paid('edit');
        if ($paid && ($this->get_payment_method() !== 'cod' || $status === 'completed')) {
            $this->set_date_paid(time());
        }
        if ($status === 'completed') {
            $this->set_date_completed(time());
        }
    }

    public function update_status($new_status, $note = '', $manual = false)
    {
        if (!$this->id) {
            return false;
        }
        $this->set_status($new_status, $note, $manual);
        $this->save();
        return true;
    }

    public function payment_complete($transaction_id = '')
    {
        do_action('woocommerce_pre_payment_complete', $this->id, $transaction_id);
        $this->set_transaction_id($transaction_id);
        $this->set_status($this->needs_processing() ? 'processing' : 'completed');
        $this->save();
        do_action('woocommerce_payment_complete', $this->id, $transaction_id);
        return true;
    }

    public function save()
    {
        parent::save();
        $this->announce();
        return $this->id;
    }

    private function announce()
    {
        $t = $this->transition;
        $this->transition = null;
        if ($t === null) {
            return;
        }
        do_action('woocommerce_order_status_' . $t['to'], $this->id, $this, $t);
        do_action("woocommerce_order_status_{$t['from']}_to_{$t['to']}", $this->id, $this);
        do_action('woocommerce_order_status_changed', $this->id, $t['from'], $t['to'], $this);
    }

    protected function columns()
    {
        return ['customer_id' => $this->get_customer_id(), 'billing_email' => $this->get_billing_email()];
    }

    protected function create()
    {
        if ($this->get_order_key() === '') {
            $this->set_order_key(wc_generate_order_key());
        }
        $this->persist();
        if (!in_array($this->get_status('edit'), ['auto-draft', 'draft', 'checkout-draft'], true)) {
            do_action('woocommerce_new_order', $this->id, $this);
        }
    }

    protected function update()
    {
        $drafts = ['new', 'auto-draft', 'draft', 'checkout-draft'];
        $before = $this->data['status'];
        $after = $this->changes['status'] ?? $before;
        $this->persist();
        if ($after !== $before && in_array($before, $drafts, true) && !in_array($after, $drafts, true)) {
            do_action('woocommerce_new_order', $this->id, $this);
            return;
        }
        do_action('woocommerce_update_order', $this->id, $this);
    }

    public function delete($force_delete = false)
    {
        global $wpdb;
        $id = $this->id;
        if (!$force_delete) {
            do_action('woocommerce_before_trash_order', $id, $this);
            $this->update_meta_data('_wp_trash_meta_status', 'wc-' . $this->get_status());
            $this->set_prop('status', 'trash');
            $this->persist();
            do_action('woocommerce_trash_order', $id);
            return true;
        }
        do_action('woocommerce_before_delete_order', $id, $this);
        foreach ($this->get_refunds() as $refund) {
            $refund->delete(true);
        }
        $wpdb->delete($wpdb->prefix . 'woocommerce_order_items', ['order_id' => $id]);
        $wpdb->delete($wpdb->prefix . 'wc_orders_meta', ['order_id' => $id]);
        $wpdb->delete($wpdb->prefix . 'wc_orders', ['id' => $id]);
        $this->id = 0;
        do_action('woocommerce_delete_order', $id);
        return true;
    }

    public function untrash()
    {
        $before = $this->get_meta('_wp_trash_meta_status');
        $this->delete_meta_data('_wp_trash_meta_status');
        $this->set_prop('status', substr($before, 3));
        $this->persist();
        do_action('woocommerce_untrash_order', $this->id, $before);
        return true;
    }

    public function get_refunds()
    {
        return wc_get_orders(['type' => 'shop_order_refund', 'parent' => $this->id, 'limit' => -1, 'orderby' => 'id', 'order' => 'DESC']);
    }

    public function get_total_refunded()
    {
        return (float) array_sum(array_map(fn ($refund) => (float) $refund->get_amount(), $this->get_refunds()));
    }

    public function get_remaining_refund_amount()
    {
        return wc_format_decimal((float) $this->get_total() - $this->get_total_refunded(), wc_get_price_decimals());
    }

    public function get_qty_refunded_for_item($item_id, $item_type = 'line_item')
    {
        $n = 0;
        foreach ($this->get_refunds() as $refund) {
            foreach ($refund->get_items($item_type) as $item) {
                $n += (int) $item->get_meta('_refunded_item_id') === (int) $item_id ? $item->get_quantity() : 0;
            }
        }
        return $n;
    }

    public function add_order_note($note, $is_customer_note = 0, $added_by_user = false)
    {
        $id = wp_insert_comment([
            'comment_post_ID' => 0, 'comment_author' => 'WooCommerce', 'comment_content' => $note, 'comment_agent' => 'WooCommerce',
            'comment_type' => 'order_note', 'comment_approved' => 1, 'comment_karma' => $this->id,
        ]);
        if ($is_customer_note) {
            add_comment_meta($id, 'is_customer_note', 1);
            do_action('woocommerce_new_customer_note', ['order_id' => $this->id, 'customer_note' => $note]);
        }
        do_action('woocommerce_order_note_added', $id, $this);
        return $id;
    }
}

class WC_Order_Refund extends WC_Abstract_Order
{
    protected $object_type = 'order_refund';

    public function __construct($refund = 0)
    {
        $this->data += ['amount' => '', 'reason' => '', 'refunded_by' => 0, 'refunded_payment' => false];
        parent::__construct($refund);
    }

    public function get_type()
    {
        return 'shop_order_refund';
    }

    public function get_status($context = 'view')
    {
        return 'completed';
    }

    protected function create()
    {
        $this->persist();
    }

    protected function update()
    {
        $this->persist();
    }

    public function delete($force_delete = false)
    {
        global $wpdb;
        $wpdb->delete($wpdb->prefix . 'woocommerce_order_items', ['order_id' => $this->id]);
        $wpdb->delete($wpdb->prefix . 'wc_orders', ['id' => $this->id]);
        do_action('woocommerce_refund_deleted', $this->id, $this->get_parent_id());
        return true;
    }
}

/** wc_create_refund gives money back: of the order as a whole, or of lines ([item id => [qty, refund_total]]). */
function wc_create_refund($args = [])
{
    $args += ['amount' => 0, 'reason' => null, 'order_id' => 0, 'refund_id' => 0, 'line_items' => [], 'refund_payment' => false,
        'restock_items' => false];
    $order = wc_get_order($args['order_id']);
    if (!$order) {
        return new WP_Error('error', 'Invalid order ID.');
    }
    if ((float) $args['amount'] <= 0 || (float) $args['amount'] > (float) $order->get_remaining_refund_amount()) {
        return new WP_Error('error', 'Invalid refund amount.');
    }
    $refund = new WC_Order_Refund();
    $refund->set_currency($order->get_currency());
    $refund->set_amount(wc_format_decimal($args['amount'], wc_get_price_decimals()));
    $refund->set_total(-1 * (float) $args['amount']);
    $refund->set_parent_id($order->get_id());
    $refund->set_refunded_by(get_current_user_id() ? get_current_user_id() : 1);
    $refund->set_reason((string) $args['reason']);
    foreach ($args['line_items'] as $item_id => $part) {
        $item = $order->get_item($item_id);
        if (!$item || (empty($part['qty']) && empty($part['refund_total']))) {
            continue;
        }
        $line = new WC_Order_Item_Product();
        $line->set_name($item->get_name());
        $line->set_product_id($item->get_product_id());
        $line->set_quantity(-1 * ($part['qty'] ?? 0));
        $line->set_subtotal(-1 * (float) ($part['refund_total'] ?? 0));
        $line->set_total(-1 * (float) ($part['refund_total'] ?? 0));
        $line->add_meta_data('_refunded_item_id', $item_id, true);
        $refund->add_item($line);
    }
    do_action('woocommerce_create_refund', $refund, $args);
    $refund->save();
    $whole = (float) $order->get_remaining_refund_amount() <= 0;
    do_action($whole ? 'woocommerce_order_fully_refunded' : 'woocommerce_order_partially_refunded', $order->get_id(), $refund->get_id());
    if ($whole) {
        $order->set_status('refunded');
    }
    $order->set_date_modified(time());
    $order->save();
    do_action('woocommerce_refund_created', $refund->get_id(), $args);
    do_action('woocommerce_order_refunded', $order->get_id(), $refund->get_id());
    return $refund;
}

function wc_get_order($the_order = false)
{
    global $wpdb;
    if ($the_order instanceof WC_Abstract_Order) {
        return $the_order;
    }
    $type = $wpdb->get_var($wpdb->prepare("SELECT type FROM {$wpdb->prefix}wc_orders WHERE id = %d", (int) $the_order));
    if ($type === null) {
        return false;
    }
    return $type === 'shop_order' ? new WC_Order((int) $the_order) : new WC_Order_Refund((int) $the_order);
}

/** wc_get_orders lists orders by the arguments that are named here; any other is an error, since the original would heed it. */
function wc_get_orders($args)
{
    global $wpdb;
    $known = [
        'type', 'status', 'limit', 'page', 'paged', 'offset', 'orderby', 'order', 'return', 'customer', 'customer_id', 'billing_email',
        'parent',
        'paginate', 'exclude', 'date_modified', 'date_created', 'meta_query', 'meta_key', 'meta_value',
    ];
    $strange = array_diff(array_keys($args), $known);
    if ($strange) {
        throw new InvalidArgumentException('wc_get_orders: the stand-in does not know ' . implode(', ', $strange));
    }
    $args += ['type' => ['shop_order', 'shop_order_refund'], 'limit' => 10, 'orderby' => 'date', 'order' => 'DESC', 'return' => 'objects',
        'paginate' => false];
    $in = fn ($values) => "('" . implode("', '", array_map('esc_sql', (array) $values)) . "')";
    $where = 'type IN ' . $in($args['type']);
    $where .= wc_stub_status_condition($args['status'] ?? [], $in);
    $where .= wc_stub_customer_condition($args);
    if (isset($args['parent'])) {
        $where .= $wpdb->prepare(' AND parent_order_id = %d', $args['parent']);
    }
    if (!empty($args['exclude'])) {
        $where .= ' AND id NOT IN ' . $in($args['exclude']);
    }
    foreach (['date_modified' => 'date_updated_gmt', 'date_created' => 'date_created_gmt'] as $arg => $column) {
        $where .= isset($args[$arg]) ? wc_stub_date_condition($column, (string) $args[$arg]) : '';
    }
    $metas = $args['meta_query'] ?? [];
    if (isset($args['meta_key'])) {
        $metas[] = ['key' => $args['meta_key'], 'value' => $args['meta_value'] ?? null];
    }
    foreach ($metas as $m) {
        if (is_array($m)) {
            $value = isset($m['value']) ? $wpdb->prepare(' AND m.meta_value = %s', $m['value']) : '';
            $meta = "SELECT 1 FROM {$wpdb->prefix}wc_orders_meta m WHERE m.order_id = {$wpdb->prefix}wc_orders.id";
            $where .= $wpdb->prepare(" AND EXISTS ($meta AND m.meta_key = %s$value)", $m['key']);
        }
    }
    $columns = ['date' => 'date_created_gmt', 'date_created' => 'date_created_gmt', 'modified' => 'date_updated_gmt',
        'date_modified' => 'date_updated_gmt', 'id' => 'id', 'ID' => 'id'];
    $by = $columns[$args['orderby']] ?? 'date_created_gmt';
    $way = strtoupper($args['order']) === 'ASC' ? 'ASC' : 'DESC';
    $limit = (int) $args['limit'];
    $offset = (int) ($args['offset'] ?? $limit * (max(1, (int) ($args['paged'] ?? $args['page'] ?? 1)) - 1));
    $sql = "FROM {$wpdb->prefix}wc_orders WHERE $where";
    $ids = array_map(
        'intval',
        $wpdb->get_col("SELECT id $sql ORDER BY $by $way, id $way" . ($limit > 0 ? " LIMIT $limit OFFSET $offset" : ''))
    );
    $found = $args['return'] === 'ids' ? $ids : array_values(array_filter(array_map('wc_get_order', $ids)));
    if (!$args['paginate']) {
        return $found;
    }
    $total = (int) $wpdb->get_var("SELECT COUNT(*) $sql");
    return (object) ['orders' => $found, 'total' => $total, 'max_num_pages' => $limit > 0 ? (int) ceil($total / $limit) : 1];
}

/** Without a status the original lists those of wc_get_order_statuses(): neither the trash nor drafts that no plugin has registered. */
function wc_stub_status_condition($status, $in)
{
    if ($status === 'any' || $status === ['any']) {
        return " AND status NOT IN ('wc-trash', 'wc-auto-draft')";
    }
    $statuses = $status ? array_map(fn ($s) => strpos($s, 'wc-') === 0 ? $s : "wc-$s", (array) $status)
        : array_keys(wc_get_order_statuses());
    return ' AND status IN ' . $in($statuses);
}

function wc_stub_customer_condition($args)
{
    global $wpdb;
    $where = '';
    foreach ((array) ($args['customer'] ?? []) as $who) {
        $or[] = is_numeric($who) ? $wpdb->prepare('customer_id = %d', $who) : $wpdb->prepare('billing_email = %s', $who);
    }
    if (!empty($or)) {
        $where .= ' AND (' . implode(' OR ', $or) . ')';
    }
    if (isset($args['customer_id'])) {
        $where .= $wpdb->prepare(' AND customer_id = %d', $args['customer_id']);
    }
    if (isset($args['billing_email'])) {
        $where .= $wpdb->prepare(' AND billing_email = %s', $args['billing_email']);
    }
    return $where;
}

/** Dates are asked for as ">=1700000000", "<2026-11-21" or "1700000000...1700003600". */
function wc_stub_date_condition($column, $text)
{
    $sql = fn ($t) => gmdate('Y-m-d H:i:s', is_numeric($t) ? (int) $t : strtotime("$t UTC"));
    if (strpos($text, '...') !== false) {
        [$from, $to] = explode('...', $text);
        return " AND $column BETWEEN '{$sql($from)}' AND '{$sql($to)}'";
    }
    preg_match('/^(>=|<=|>|<)?(.+)$/', $text, $m);
    return " AND $column " . ($m[1] === '' ? '=' : $m[1]) . " '{$sql($m[2])}'";
}
