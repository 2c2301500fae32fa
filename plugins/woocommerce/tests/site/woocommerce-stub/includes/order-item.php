<?php

/** The lines of an order: goods, shipping, fees, coupons, taxes. */

defined('ABSPATH') || exit;

class WC_Order_Item extends WC_Data
{
    protected $object_type = 'order_item';
    protected $data = ['order_id' => 0, 'name' => ''];

    public function __construct($row = null)
    {
        if ($row === null) {
            return;
        }
        $this->id = (int) $row->order_item_id;
        $this->unpack($row->data);
        $this->data['order_id'] = (int) $row->order_id;
        $this->data['name'] = $row->order_item_name;
        foreach ((array) json_decode($row->meta, true) as $m) {
            $this->meta_data[] = new WC_Meta_Data($m);
        }
    }

    public function get_type()
    {
        return '';
    }

    public function get_order()
    {
        return wc_get_order($this->get_order_id());
    }

    public function get_quantity()
    {
        return 1;
    }

    public function get_formatted_meta_data($hideprefix = '_', $include_all = false)
    {
        $out = [];
        foreach ($this->get_meta_data() as $m) {
            if ($hideprefix !== '' && strpos((string) $m->key, $hideprefix) === 0) {
                continue;
            }
            $out[$m->id] = (object) ['key' => $m->key, 'value' => $m->value, 'display_key' => $m->key, 'display_value' => $m->value];
        }
        return $out;
    }

    public function save()
    {
        global $wpdb;
        $fresh = $this->id === 0;
        $table = $wpdb->prefix . 'woocommerce_order_items';
        $meta = [];
        foreach ($this->get_meta_data() as $m) {
            $m->id = $m->id ? $m->id : wc_stub_next_id('item_meta');
            $meta[] = $m->get_data();
        }
        $row = [
            'order_id' => $this->get_order_id(),
            'order_item_name' => $this->get_name(),
            'order_item_type' => $this->get_type(),
            'data' => $this->pack(),
            'meta' => wp_json_encode($meta),
        ];
        if ($fresh) {
            $wpdb->insert($table, $row);
            $this->id = (int) $wpdb->insert_id;
        } else {
            $wpdb->update($table, $row, ['order_item_id' => $this->id]);
        }
        $this->apply_changes();
        do_action($fresh ? 'woocommerce_new_order_item' : 'woocommerce_update_order_item', $this->id, $this, $this->get_order_id());
        return $this->id;
    }

    public function delete($force_delete = false)
    {
        global $wpdb;
        $wpdb->delete($wpdb->prefix . 'woocommerce_order_items', ['order_item_id' => $this->id]);
    }
}

class WC_Order_Item_Product extends WC_Order_Item
{
    protected $data = [
        'order_id' => 0, 'name' => '', 'product_id' => 0, 'variation_id' => 0, 'quantity' => 1, 'tax_class' => '', 'subtotal' => '0',
        'subtotal_tax' => '0', 'total' => '0', 'total_tax' => '0', 'taxes' => ['total' => [], 'subtotal' => []],
    ];

    public function get_type()
    {
        return 'line_item';
    }

    public function get_quantity($context = 'view')
    {
        return $this->get_prop('quantity', $context);
    }

    public function get_product()
    {
        $product = wc_get_product($this->get_variation_id() ? $this->get_variation_id() : $this->get_product_id());
        return apply_filters('woocommerce_order_item_product', $product, $this);
    }

    public function set_product($product)
    {
        $this->set_product_id($product->get_id());
        $this->set_name($product->get_name());
    }

    public function set_subtotal($value)
    {
        $this->set_prop('subtotal', wc_format_decimal($value, false, true));
    }

    public function set_total($value)
    {
        $this->set_prop('total', wc_format_decimal($value, false, true));
    }
}

class WC_Order_Item_Shipping extends WC_Order_Item
{
    protected $data = [
        'order_id' => 0, 'name' => '', 'method_title' => '', 'method_id' => '', 'instance_id' => '', 'total' => '0', 'total_tax' => '0',
        'taxes' => ['total' => []], 'tax_status' => 'taxable',
    ];

    public function get_type()
    {
        return 'shipping';
    }

    public function set_method_title($value)
    {
        $this->set_prop('method_title', $value);
        $this->set_prop('name', $value);
    }

    public function set_total($value)
    {
        $this->set_prop('total', wc_format_decimal($value, false, true));
    }
}

class WC_Order_Item_Fee extends WC_Order_Item
{
    protected $data = [
        'order_id' => 0, 'name' => '', 'tax_class' => '', 'tax_status' => 'taxable', 'amount' => '', 'total' => '', 'total_tax' => '',
        'taxes' => ['total' => []],
    ];

    public function get_type()
    {
        return 'fee';
    }
}

class WC_Order_Item_Coupon extends WC_Order_Item
{
    protected $data = ['order_id' => 0, 'name' => '', 'code' => '', 'discount' => '0', 'discount_tax' => '0'];

    public function get_type()
    {
        return 'coupon';
    }

    public function set_code($value)
    {
        $this->set_prop('code', wc_format_coupon_code($value));
        $this->set_name($value);
    }
}

class WC_Order_Item_Tax extends WC_Order_Item
{
    protected $data = ['order_id' => 0, 'name' => '', 'rate_id' => 0, 'label' => '', 'compound' => false, 'tax_total' => 0,
        'shipping_tax_total' => 0];

    public function get_type()
    {
        return 'tax';
    }
}
