<?php

defined('ABSPATH') || exit;

add_theme_support('title-tag');
add_action('wp_enqueue_scripts', fn () => wp_enqueue_style('theme', get_stylesheet_uri(), [], '1.0'));
// The pages stay as they are written, and ask nobody outside.
remove_action('wp_head', 'print_emoji_detection_script', 7);
remove_action('wp_print_styles', 'print_emoji_styles');
add_filter('show_admin_bar', '__return_false');
remove_filter('the_content', 'wpautop');
