<?php

/** A visitor's session: a row under the key that the cookie names, for guests "t_" and a random text, for customers their user id. */

defined('ABSPATH') || exit;

/** The type that plugins ask for. */
abstract class WC_Session
{
}

class WC_Session_Handler extends WC_Session
{
    private $key = '';
    private $data = [];
    private $dirty = false;
    private $cookie = '';
    private $has_cookie = false;

    public function init()
    {
        $this->cookie = apply_filters('woocommerce_cookie', 'wp_woocommerce_session_' . COOKIEHASH);
        $before = $this->from_cookie();
        $this->has_cookie = $before !== '';
        $this->key = is_user_logged_in() ? (string) get_current_user_id() : ($before === '' ? wc_rand_hash('t_', 32) : $before);
        $this->data = $this->read($this->key);
        if ($this->has_cookie && $before !== $this->key && !$this->data) { // signed in: the guest's cart comes along
            $this->data = $this->read($before);
            $this->delete_session($before);
            $this->dirty = true;
            $this->set_customer_session_cookie(true);
        }
        add_action('woocommerce_set_cart_cookies', [$this, 'set_customer_session_cookie'], 10);
        add_action('shutdown', [$this, 'save_data'], 20);
        add_action('wp_logout', [$this, 'destroy_session']);
    }

    private function from_cookie()
    {
        $value = isset($_COOKIE[$this->cookie]) ? wp_unslash($_COOKIE[$this->cookie]) : '';
        [$key, $expires, , $hash] = explode('||', $value) + ['', '', '', ''];
        return $key !== '' && hash_equals(hash_hmac('md5', "$key|$expires", wp_salt()), $hash) && (int) $expires > time() ? $key : '';
    }

    public function set_customer_session_cookie($set)
    {
        if (!$set) {
            return;
        }
        $expires = time() + 48 * HOUR_IN_SECONDS;
        $value = "$this->key||$expires||" . ($expires - HOUR_IN_SECONDS) . '||' . hash_hmac('md5', "$this->key|$expires", wp_salt());
        if (!headers_sent()) {
            setcookie($this->cookie, $value, ['expires' => $expires, 'path' => COOKIEPATH ? COOKIEPATH : '/', 'httponly' => true]);
        }
        $_COOKIE[$this->cookie] = $value;
        $this->has_cookie = true;
    }

    public function has_session()
    {
        return $this->has_cookie || is_user_logged_in();
    }

    public function get_customer_id()
    {
        return $this->key;
    }

    public function get_customer_unique_id()
    {
        return $this->has_session() ? $this->key : '';
    }

    public function get($key, $default = null)
    {
        return $this->data[sanitize_key($key)] ?? $default;
    }

    public function set($key, $value)
    {
        if ($this->get($key) !== $value) {
            $this->data[sanitize_key($key)] = $value;
            $this->dirty = true;
        }
    }

    public function __get($key)
    {
        return $this->get($key);
    }

    public function __set($key, $value)
    {
        $this->set($key, $value);
    }

    public function __isset($key)
    {
        return isset($this->data[sanitize_key($key)]);
    }

    public function __unset($key)
    {
        unset($this->data[sanitize_key($key)]);
        $this->dirty = true;
    }

    public function get_session($key, $default = false)
    {
        $found = $this->read($key);
        return $found ? $found : $default;
    }

    private function read($key)
    {
        global $wpdb;
        $row = $wpdb->get_var($wpdb->prepare("SELECT session_value FROM {$wpdb->prefix}woocommerce_sessions WHERE session_key = %s", $key));
        return $row ? (array) maybe_unserialize($row) : [];
    }

    public function save_data()
    {
        global $wpdb;
        if (!$this->dirty || !$this->has_session()) {
            return;
        }
        $wpdb->query($wpdb->prepare(
            "INSERT INTO {$wpdb->prefix}woocommerce_sessions (session_key, session_value, session_expiry) VALUES (%s, %s, %d)
            ON DUPLICATE KEY UPDATE session_value = VALUES(session_value), session_expiry = VALUES(session_expiry)",
            $this->key,
            maybe_serialize($this->data),
            time() + 48 * HOUR_IN_SECONDS
        ));
        $this->dirty = false;
    }

    public function delete_session($key)
    {
        global $wpdb;
        $wpdb->delete($wpdb->prefix . 'woocommerce_sessions', ['session_key' => $key]);
    }

    public function destroy_session()
    {
        $this->delete_session($this->key);
        $this->data = [];
        $this->dirty = false;
        if (!headers_sent()) {
            setcookie($this->cookie, '', ['expires' => 1, 'path' => COOKIEPATH ? COOKIEPATH : '/']);
        }
    }
}
