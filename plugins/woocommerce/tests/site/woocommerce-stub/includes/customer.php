<?php

/** A customer of the shop: a user, with the addresses that they bought with. The cart's one lives in the session instead. */

defined('ABSPATH') || exit;

class WC_Customer extends WC_Data
{
    protected $object_type = 'customer';
    protected $data = [
        'date_created' => null, 'date_modified' => null, 'email' => '', 'first_name' => '', 'last_name' => '', 'display_name' => '',
        'role' => 'customer', 'username' => '', 'is_paying_customer' => false, 'billing' => [], 'shipping' => [],
    ];
    protected $dates = ['date_created', 'date_modified'];
    private $in_session;
    private $password = '';

    public function __construct($data = 0, $is_session = false)
    {
        $address = [
            'first_name' => '', 'last_name' => '', 'company' => '', 'address_1' => '', 'address_2' => '', 'city' => '', 'postcode' => '',
            'country' => '', 'state' => '',
        ];
        $this->data['billing'] = $address + ['email' => '', 'phone' => ''];
        $this->data['shipping'] = $address + ['phone' => ''];
        $this->in_session = $is_session;
        $user = (int) $data ? get_user_by('id', (int) $data) : false;
        if ((int) $data && !$user) {
            throw new Exception('Invalid customer.');
        }
        if ($user) {
            $this->read($user);
        }
        if ($is_session) {
            foreach ((array) WC()->session->get('customer', []) as $which => $fields) {
                $this->data[$which] = array_replace($this->data[$which], (array) $fields);
            }
        }
    }

    private function read($user)
    {
        $this->id = $user->ID;
        $this->data = array_replace($this->data, [
            'email' => $user->user_email, 'first_name' => $user->first_name, 'last_name' => $user->last_name,
            'display_name' => $user->display_name, 'username' => $user->user_login, 'role' => $user->roles[0] ?? 'customer',
            'date_created' => self::moment("$user->user_registered UTC"),
            'date_modified' => self::moment(get_user_meta($user->ID, 'last_update', true)),
        ]);
        foreach (['billing', 'shipping'] as $which) {
            foreach (array_keys($this->data[$which]) as $field) {
                $this->data[$which][$field] = (string) get_user_meta($user->ID, "{$which}_$field", true);
            }
        }
    }

    public function __call($name, $args)
    {
        if (preg_match('/^(get|set)_(billing|shipping)_(\w+)$/', $name, $m) && array_key_exists($m[3], $this->data[$m[2]])) {
            $address = $this->get_prop($m[2], 'edit');
            if ($m[1] === 'get') {
                return $address[$m[3]];
            }
            $this->set_prop($m[2], array_replace($address, [$m[3] => (string) $args[0]]));
            return null;
        }
        return parent::__call($name, $args);
    }

    public function set_password($password)
    {
        $this->password = $password;
    }

    public function get_order_count()
    {
        return count(wc_get_orders(['type' => 'shop_order', 'customer_id' => $this->id, 'limit' => -1, 'return' => 'ids',
            'status' => ['processing', 'completed', 'on-hold']]));
    }

    public function get_total_spent()
    {
        $orders = wc_get_orders(['type' => 'shop_order', 'customer_id' => $this->id, 'limit' => -1, 'status' => wc_get_is_paid_statuses()]);
        return wc_format_decimal((float) array_sum(array_map(fn ($o) => (float) $o->get_total(), $orders)), 2);
    }

    public function get_last_order()
    {
        return wc_get_orders(['type' => 'shop_order', 'customer_id' => $this->id, 'limit' => 1])[0] ?? false;
    }

    public function get_avatar_url()
    {
        return get_avatar_url($this->get_email());
    }

    public function get_is_paying_customer($context = 'view')
    {
        return $this->id > 0 && count(wc_get_orders(['type' => 'shop_order', 'customer_id' => $this->id, 'limit' => 1,
            'status' => wc_get_is_paid_statuses(), 'return' => 'ids'])) > 0;
    }

    public function save()
    {
        if ($this->in_session) {
            $this->apply_changes();
            WC()->session->set('customer', ['billing' => $this->data['billing'], 'shipping' => $this->data['shipping']]);
            return $this->id;
        }
        $fresh = $this->id === 0;
        if ($fresh) {
            $password = $this->password === '' ? wp_generate_password() : $this->password;
            $id = wc_create_new_customer($this->get_email('edit'), $this->get_username('edit'), $password);
            if (is_wp_error($id)) {
                throw new Exception($id->get_error_message());
            }
            $this->id = $id;
        }
        $this->store();
        if (!$fresh) {
            wp_update_user(['ID' => $this->id, 'user_email' => $this->get_email('edit')]); // fires profile_update
        }
        update_user_meta($this->id, 'last_update', time());
        $this->set_date_modified(time());
        $this->apply_changes();
        do_action($fresh ? 'woocommerce_new_customer' : 'woocommerce_update_customer', $this->id, $this);
        return $this->id;
    }

    private function store()
    {
        foreach (['first_name', 'last_name'] as $field) {
            update_user_meta($this->id, $field, $this->get_prop($field, 'edit'));
        }
        foreach (['billing', 'shipping'] as $which) {
            foreach ($this->get_prop($which, 'edit') as $field => $value) {
                update_user_meta($this->id, "{$which}_$field", $value);
            }
        }
    }
}

function wc_create_new_customer($email, $username = '', $password = '', $args = [])
{
    if (!is_email($email) || email_exists($email)) {
        return new WP_Error('registration-error-email-exists', 'That address is taken or none.');
    }
    $data = [
        'user_login' => $username === '' ? sanitize_user(current(explode('@', $email)), true) : $username, 'user_pass' => $password,
        'user_email' => $email, 'role' => 'customer',
    ];
    $id = wp_insert_user($data + $args); // fires user_register
    if (!is_wp_error($id)) {
        do_action('woocommerce_created_customer', $id, $data, $password === '');
    }
    return $id;
}
