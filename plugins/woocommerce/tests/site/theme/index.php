<?php defined('ABSPATH') || exit; ?>
<!doctype html>
<html <?php language_attributes(); ?>>
<head>
<meta charset="<?php bloginfo('charset'); ?>">
<meta name="viewport" content="width=device-width, initial-scale=1">
<?php wp_head(); ?>
</head>
<body <?php body_class(); ?>>
<?php wp_body_open(); ?>
<header>
<a class="name" href="<?php echo esc_url(home_url('/')); ?>"><?php bloginfo('name'); ?></a>
<?php if (function_exists('WC')) { ?>
<a href="<?php echo esc_url(wc_get_page_permalink('shop')); ?>">Shop</a>
<a class="cart-link" href="<?php echo esc_url(wc_get_cart_url()); ?>">Cart, <?php echo (int) WC()->cart->get_cart_contents_count(); ?></a>
<a href="<?php echo esc_url(wc_get_page_permalink('myaccount')); ?>">Account</a>
<?php } ?>
</header>
<main>
<?php
while (have_posts()) {
    the_post();
    the_title('<h1>', '</h1>');
    the_content();
}
?>
</main>
<footer><p>A shop for tests.</p></footer>
<?php wp_footer(); ?>
</body>
</html>
