<?php

/** The shop's pages: plain HTML that can be read by a person and by a test. */

defined('ABSPATH') || exit;

add_action('init', function () {
    foreach (['order-received', 'order-pay', 'view-order', 'customer-logout'] as $endpoint) {
        add_rewrite_endpoint($endpoint, EP_PAGES);
    }
});

add_shortcode('products', function () {
    $cards = '';
    foreach (wc_get_products(['status' => 'publish', 'limit' => 50, 'orderby' => 'title', 'order' => 'ASC']) as $p) {
        $cards .= sprintf(
            '<li class="product"><a href="%s"><h2>%s</h2></a><p class="price">%s</p>%s</li>',
            esc_url($p->get_permalink()),
            esc_html($p->get_name()),
            $p->get_price_html(),
            wc_stub_add_form($p)
        );
    }
    return "<ul class=\"products\">$cards</ul>";
});

function wc_stub_add_form($p)
{
    return sprintf(
        '<form class="cart" method="post" action="%s"><button type="submit" name="add-to-cart" value="%d">Add to cart</button></form>',
        esc_url($p->get_permalink()),
        $p->get_id()
    );
}

/** A product's own page. */
add_filter('the_content', function ($content) {
    $p = is_singular('product') && in_the_loop() ? wc_get_product(get_the_ID()) : false;
    return $p ? sprintf('<p class="price">%s</p>%s%s', $p->get_price_html(), $content, wc_stub_add_form($p)) : $content;
});

add_shortcode('woocommerce_cart', function () {
    do_action('woocommerce_before_cart');
    if (WC()->cart->is_empty()) {
        return '<p class="cart-empty">Your cart is empty.</p>';
    }
    $rows = '';
    foreach (WC()->cart->get_cart() as $key => $line) {
        $name = esc_html($line['data']->get_name());
        $rows .= sprintf(
            '<tr><td>%s</td><td><label>Quantity of %s <input type="number" min="0" name="cart[%s][qty]" value="%d"></label></td>
            <td>%s</td></tr>',
            $name,
            $name,
            esc_attr($key),
            $line['quantity'],
            wc_price($line['line_subtotal'])
        );
    }
    return '<form class="woocommerce-cart-form" method="post" action="' . esc_url(wc_get_cart_url()) . '"><table>' . $rows . '</table>'
        . wp_nonce_field('woocommerce-cart', 'woocommerce-cart-nonce', true, false)
        . '<button type="submit" name="update_cart" value="1">Update cart</button></form>'
        . '<p class="total">Total ' . WC()->cart->get_total() . '</p>'
        . '<p><a class="button" href="' . esc_url(wc_get_checkout_url()) . '">Proceed to checkout</a> '
        . '<a class="button" href="' . esc_url(wc_get_page_permalink('block_checkout')) . '">Proceed to block checkout</a></p>';
});

function wc_stub_notices()
{
    $out = '';
    foreach (wc_get_notices() as $type => $notices) {
        foreach ($notices as $notice) {
            $out .= sprintf('<p class="woocommerce-%s" role="alert">%s</p>', esc_attr($type), esc_html($notice['notice']));
        }
    }
    WC()->session->set('wc_notices', []);
    return $out;
}

function wc_stub_address_fields($prefix)
{
    $out = '';
    foreach (WC_Checkout::FIELDS as $field => $label) {
        $type = ['email' => 'email', 'phone' => 'tel'][$field] ?? 'text';
        $value = WC()->customer->{"get_billing_$field"}();
        $out .= sprintf(
            '<p><label for="%1$s%2$s">%3$s</label> <input type="%4$s" id="%1$s%2$s" name="%1$s%2$s" value="%5$s"></p>',
            esc_attr($prefix),
            esc_attr($field),
            esc_html($label),
            $type,
            esc_attr($value === '' && $field === 'country' ? 'DE' : $value)
        );
    }
    return $out;
}

add_shortcode('woocommerce_checkout', function () {
    if (is_order_received_page()) {
        return wc_stub_thanks();
    }
    if (WC()->cart->is_empty()) {
        return wc_stub_notices() . '<p class="cart-empty">Your cart is empty.</p>';
    }
    do_action('woocommerce_before_checkout_form', WC_Checkout::instance());
    ob_start();
    do_action('woocommerce_review_order_before_submit');
    $before_submit = ob_get_clean();
    $gateways = '';
    foreach (WC_Checkout::GATEWAYS as $id => $title) {
        $gateways .= sprintf(
            '<label><input type="radio" name="payment_method" value="%s"%s> %s</label> ',
            $id,
            checked($id, 'cod', false),
            esc_html($title)
        );
    }
    return wc_stub_notices() . '<form class="checkout woocommerce-checkout" method="post" action="' . esc_url(wc_get_checkout_url()) . '">'
        . wc_stub_address_fields('billing_') . "<p>$gateways</p>" . wc_stub_attribution_fields()
        . wp_nonce_field('woocommerce-process_checkout', 'woocommerce-process-checkout-nonce', true, false) . $before_submit
        . '<p class="total">Total ' . WC()->cart->get_total() . '</p>'
        . '<button type="submit" name="woocommerce_checkout_place_order" value="1">Place order</button></form>';
});

/** The page's script fills these in from the address that the visitor came by. */
function wc_stub_attribution_fields()
{
    $out = '';
    foreach (['source_type', 'utm_source', 'utm_medium', 'utm_campaign'] as $field) {
        $out .= sprintf('<input type="hidden" name="wc_order_attribution_%s" value="">', $field);
    }
    return $out;
}

add_action('wp_footer', function () {
    ?>
<script>
(function () {
  var here = new URLSearchParams(location.search);
  ['utm_source', 'utm_medium', 'utm_campaign'].forEach(function (name) {
    if (here.get(name)) sessionStorage.setItem(name, here.get(name));
    var field = document.querySelector('[name="wc_order_attribution_' + name + '"]');
    if (field) field.value = sessionStorage.getItem(name) || '';
  });
  var type = document.querySelector('[name="wc_order_attribution_source_type"]');
  if (type) type.value = sessionStorage.getItem('utm_source') ? 'utm' : 'typein';
})();
</script>
    <?php
});

function wc_stub_thanks()
{
    $order = wc_get_order((int) get_query_var('order-received'));
    if (!$order || !hash_equals($order->get_order_key(), (string) wp_unslash($_GET['key'] ?? ''))) {
        return '<p>There is no such order.</p>';
    }
    ob_start();
    do_action('woocommerce_thankyou', $order->get_id());
    return sprintf('<h2>Thank you</h2><p>Order <strong class="order-number">%s</strong></p>', esc_html($order->get_order_number()))
        . ob_get_clean();
}

/** A checkout that talks to the Store API, as the block does: the draft is made when it opens, the address is sent field by field. */
add_shortcode('woocommerce_block_checkout', function () {
    if (WC()->cart->is_empty()) {
        return '<p class="cart-empty">Your cart is empty.</p>';
    }
    wp_enqueue_script('wc-stub-block-checkout', plugins_url('assets/block-checkout.js', WC_PLUGIN_FILE), [], WC()->version, true);
    wp_localize_script('wc-stub-block-checkout', 'wcStubCheckout', [
        'root' => esc_url_raw(rest_url('wc/store/v1')), 'nonce' => wp_create_nonce('wc_store_api'), 'rest' => wp_create_nonce('wp_rest'),
    ]);
    return '<form class="wc-block-checkout" data-ready="no">' . wc_stub_address_fields('block_')
        . '<p class="total">Total ' . WC()->cart->get_total()
        . '</p><button type="submit">Place order</button><p role="status"></p></form>';
});

add_shortcode('woocommerce_my_account', function () {
    if (!is_user_logged_in()) {
        return wp_login_form(['echo' => false, 'redirect' => wc_get_page_permalink('myaccount')]);
    }
    return '<p>Signed in as ' . esc_html(wp_get_current_user()->user_login) . '.</p><p><a href="' . esc_url(wp_logout_url(home_url('/')))
        . '">Sign out</a></p>';
});
