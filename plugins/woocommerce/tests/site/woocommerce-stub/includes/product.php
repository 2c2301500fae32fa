<?php

/** Products and coupons, kept as posts, as WooCommerce keeps them. */

defined('ABSPATH') || exit;

class WC_Product extends WC_Data
{
    protected $object_type = 'product';
    protected $data = [
        'name' => '', 'slug' => '', 'date_created' => null, 'date_modified' => null, 'status' => 'publish',
        'catalog_visibility' => 'visible',
        'description' => '', 'short_description' => '', 'sku' => '', 'price' => '', 'regular_price' => '', 'sale_price' => '',
        'total_sales' => 0, 'virtual' => false, 'downloadable' => false, 'manage_stock' => false, 'stock_quantity' => null,
        'stock_status' => 'instock', 'image_id' => '', 'gallery_image_ids' => [], 'parent_id' => 0, 'weight' => '', 'attributes' => [],
        'global_unique_id' => '',
    ];
    protected $dates = ['date_created', 'date_modified'];

    public function __construct($product = 0)
    {
        $id = $product instanceof self ? $product->get_id() : (int) $product;
        if ($id === 0) {
            return;
        }
        $post = get_post($id);
        if (!$post || !in_array($post->post_type, ['product', 'product_variation'], true)) {
            throw new Exception('Invalid product.');
        }
        $this->id = $id;
        $this->unpack((string) get_post_meta($id, '_stub_data', true));
        $this->data['name'] = $post->post_title;
        $this->data['slug'] = $post->post_name;
        $this->data['status'] = $post->post_status;
        $this->data['description'] = $post->post_content;
        $this->data['date_created'] = self::moment("$post->post_date_gmt UTC");
        $this->data['date_modified'] = self::moment("$post->post_modified_gmt UTC");
    }

    public function get_type()
    {
        return 'simple';
    }

    public function is_type($type)
    {
        return in_array($this->get_type(), (array) $type, true);
    }

    public function get_title()
    {
        return apply_filters('woocommerce_product_title', $this->get_name(), $this);
    }

    public function get_formatted_name()
    {
        return $this->get_name();
    }

    public function get_price($context = 'view')
    {
        $sale = $this->get_sale_price('edit');
        $price = $sale !== '' ? $sale : $this->get_regular_price('edit');
        return $context === 'view' ? apply_filters('woocommerce_product_get_price', $price, $this) : $price;
    }

    public function get_permalink()
    {
        return get_permalink($this->id);
    }

    public function add_to_cart_url()
    {
        return add_query_arg('add-to-cart', $this->id, $this->get_permalink());
    }

    public function get_children()
    {
        return [];
    }

    public function is_virtual()
    {
        return (bool) $this->get_virtual();
    }

    public function is_downloadable()
    {
        return (bool) $this->get_downloadable();
    }

    public function is_in_stock()
    {
        return $this->get_stock_status() !== 'outofstock';
    }

    public function is_on_sale()
    {
        return $this->get_sale_price() !== '';
    }

    public function is_purchasable()
    {
        return $this->get_status() === 'publish' && $this->get_price() !== '';
    }

    public function is_visible()
    {
        return $this->get_status() === 'publish';
    }

    public function managing_stock()
    {
        return $this->get_manage_stock();
    }

    public function get_price_html()
    {
        return wc_price($this->get_price());
    }

    public function get_image($size = 'woocommerce_thumbnail')
    {
        return '';
    }

    public function set_regular_price($price)
    {
        $this->set_prop('regular_price', wc_format_decimal($price));
        $this->set_prop('price', wc_format_decimal($price));
    }

    public function set_stock_quantity($n)
    {
        $this->set_prop('stock_quantity', $n === null ? null : (int) $n);
        if ($this->get_manage_stock()) {
            $this->set_prop('stock_status', $n > 0 ? 'instock' : 'outofstock');
        }
    }

    public function save()
    {
        do_action('woocommerce_before_product_object_save', $this, null);
        $fresh = $this->id === 0;
        $post = [
            'post_type' => 'product', 'post_title' => $this->get_name('edit'), 'post_status' => $this->get_status('edit'),
            'post_content' => $this->get_description('edit'), 'post_name' => $this->get_slug('edit'),
        ];
        $id = $fresh ? wp_insert_post(wp_slash($post), true) : wp_update_post(wp_slash($post + ['ID' => $this->id]), true);
        if (is_wp_error($id)) {
            throw new Exception($id->get_error_message());
        }
        $this->id = (int) $id;
        update_post_meta($id, '_stub_data', wp_slash($this->pack()));
        update_post_meta($id, '_sku', $this->get_sku('edit'));
        update_post_meta($id, '_price', $this->get_price('edit'));
        $this->apply_changes();
        $this->data['slug'] = get_post($id)->post_name;
        do_action($fresh ? 'woocommerce_new_product' : 'woocommerce_update_product', $this->id, $this);
        do_action('woocommerce_after_product_object_save', $this, null);
        return $this->id;
    }

    public function delete($force_delete = false)
    {
        do_action('woocommerce_before_delete_product', $this->id);
        $force_delete ? wp_delete_post($this->id, true) : wp_trash_post($this->id);
        do_action($force_delete ? 'woocommerce_delete_product' : 'woocommerce_trash_product', $this->id);
        return true;
    }
}

class WC_Product_Simple extends WC_Product
{
}

function wc_get_product($the_product = false)
{
    if ($the_product instanceof WC_Product) {
        return $the_product;
    }
    $id = $the_product ? (is_object($the_product) ? $the_product->ID : (int) $the_product) : (int) get_the_ID();
    return $id && get_post_type($id) === 'product' ? new WC_Product_Simple($id) : false;
}

function wc_get_product_id_by_sku($sku)
{
    $ids = get_posts(['post_type' => 'product', 'meta_key' => '_sku', 'meta_value' => $sku, 'fields' => 'ids']);
    return $ids[0] ?? 0;
}

function wc_get_products($args)
{
    $strange = array_diff(
        array_keys($args),
        ['status', 'limit', 'page', 'offset', 'orderby', 'order', 'return', 'type', 'sku', 'include', 'paginate', 's', 'parent']
    );
    if ($strange) {
        throw new InvalidArgumentException('wc_get_products: the stand-in does not know ' . implode(', ', $strange));
    }
    $query = new WP_Query([
        'post_type' => 'product', 'post_status' => $args['status'] ?? ['publish', 'draft', 'private', 'pending'], 'fields' => 'ids',
        'posts_per_page' => $args['limit'] ?? 10, 'paged' => $args['page'] ?? 1, 'orderby' => $args['orderby'] ?? 'date',
        'order' => $args['order'] ?? 'DESC',
    ] + (isset($args['include']) ? ['post__in' => $args['include']] : []) + (isset($args['s']) ? ['s' => $args['s']] : [])
        + (isset($args['sku']) ? ['meta_key' => '_sku', 'meta_value' => $args['sku']] : [])
        + (isset($args['offset']) ? ['offset' => $args['offset']] : []));
    $found = ($args['return'] ?? 'objects') === 'ids' ? $query->posts : array_map('wc_get_product', $query->posts);
    if (empty($args['paginate'])) {
        return $found;
    }
    return (object) ['products' => $found, 'total' => (int) $query->found_posts, 'max_num_pages' => (int) $query->max_num_pages];
}

class WC_Coupon extends WC_Data
{
    protected $object_type = 'coupon';
    protected $data = [
        'code' => '', 'amount' => '0', 'status' => 'publish', 'date_created' => null, 'date_modified' => null, 'date_expires' => null,
        'discount_type' => 'fixed_cart', 'description' => '', 'usage_count' => 0, 'individual_use' => false, 'product_ids' => [],
        'excluded_product_ids' => [], 'usage_limit' => 0, 'usage_limit_per_user' => 0, 'limit_usage_to_x_items' => null,
        'free_shipping' => false, 'product_categories' => [], 'excluded_product_categories' => [], 'exclude_sale_items' => false,
        'minimum_amount' => '', 'maximum_amount' => '', 'email_restrictions' => [], 'used_by' => [],
    ];
    protected $dates = ['date_created', 'date_modified', 'date_expires'];

    public function __construct($data = '')
    {
        $id = is_numeric($data) && get_post_type((int) $data) === 'shop_coupon' ? (int) $data : wc_get_coupon_id_by_code((string) $data);
        if ($data instanceof WP_Post) {
            $id = $data->ID;
        }
        if (!$id) {
            if (is_string($data)) {
                $this->data['code'] = wc_format_coupon_code($data);
            }
            return;
        }
        $post = get_post($id);
        $this->id = $id;
        $this->unpack((string) get_post_meta($id, '_stub_data', true));
        $this->data['code'] = wc_format_coupon_code($post->post_title);
        $this->data['status'] = $post->post_status;
        $this->data['date_created'] = self::moment("$post->post_date_gmt UTC");
        $this->data['date_modified'] = self::moment("$post->post_modified_gmt UTC");
        foreach ((array) json_decode((string) get_post_meta($id, '_stub_meta', true), true) as $m) {
            $this->meta_data[] = new WC_Meta_Data($m);
        }
    }

    public function set_code($code)
    {
        $this->set_prop('code', wc_format_coupon_code($code));
    }

    public function is_type($type)
    {
        return in_array($this->get_discount_type(), (array) $type, true);
    }

    public function save()
    {
        $fresh = $this->id === 0;
        $post = ['post_type' => 'shop_coupon', 'post_title' => $this->get_code('edit'), 'post_status' => $this->get_status('edit')];
        $this->id = (int) ($fresh ? wp_insert_post($post) : wp_update_post($post + ['ID' => $this->id]));
        foreach ($this->get_meta_data() as $m) {
            $m->id = $m->id ? $m->id : wc_stub_next_id('coupon_meta');
        }
        update_post_meta($this->id, '_stub_data', wp_slash($this->pack()));
        update_post_meta($this->id, '_stub_meta', wp_slash(wp_json_encode($this->get_meta_data())));
        $this->apply_changes();
        do_action($fresh ? 'woocommerce_new_coupon' : 'woocommerce_update_coupon', $this->id, $this);
        return $this->id;
    }

    public function delete($force_delete = false)
    {
        $force_delete ? wp_delete_post($this->id, true) : wp_trash_post($this->id);
        do_action($force_delete ? 'woocommerce_delete_coupon' : 'woocommerce_trash_coupon', $this->id);
        return true;
    }
}

function wc_get_coupon_id_by_code($code, $exclude = 0)
{
    global $wpdb;
    return $code === '' ? 0 : (int) $wpdb->get_var($wpdb->prepare(
        "SELECT ID FROM $wpdb->posts WHERE post_type = 'shop_coupon' AND post_status = 'publish' AND post_title = %s ORDER BY ID DESC",
        wc_format_coupon_code($code)
    ));
}

add_action('init', function () {
    register_post_type('product', [
        'label' => 'Products', 'public' => true, 'rewrite' => ['slug' => 'product', 'with_front' => false],
        'supports' => ['title', 'editor', 'thumbnail'],
        'capability_type' => 'post', 'show_in_rest' => false,
    ]);
    register_post_type('shop_coupon', ['label' => 'Coupons', 'public' => false, 'show_ui' => true]);
}, 5);
