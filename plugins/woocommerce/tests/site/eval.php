<?php

/**
 * Runs PHP of a test inside WordPress, as a request of its own with all that happens at its end: the code comes on standard input,
 * what it returns goes out as one line of JSON behind a mark.
 */

if (function_exists('pcntl_alarm')) {
    pcntl_alarm(120); // when the test that waits for this is gone, and the database with it, WordPress tries for long
}
error_reporting(E_ALL & ~E_DEPRECATED);
$_SERVER['HTTP_HOST'] = (string) getenv('SITE_HOST');
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI'] = '/';
if (getenv('SITE_ADMIN') === '1') {
    define('WP_ADMIN', true);
}
require getcwd() . '/wp-load.php';
if (getenv('SITE_ADMIN') === '1') {
    require_once ABSPATH . 'wp-admin/includes/admin.php';
}
if (getenv('SITE_USER')) {
    wp_set_current_user((int) get_user_by('login', getenv('SITE_USER'))->ID);
}
$code = stream_get_contents(STDIN);
$answer = (static fn () => eval($code))();
echo "\n--answer--" . json_encode(
    $answer,
    JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR
) . "\n";
