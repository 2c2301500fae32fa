<?php

/**
 * What all objects of the shop share: named properties with magic getters and setters, and meta data.
 *
 * WooCommerce writes each getter out; here `__call` answers for exactly the properties that a class lists, and any other name is an
 * error, so that a plugin cannot lean on a method that WooCommerce does not have.
 */

defined('ABSPATH') || exit;

/** A moment that remembers the site's time zone. */
class WC_DateTime extends DateTime
{
    protected $utc_offset = 0;

    public function __toString()
    {
        return $this->format(DATE_ATOM);
    }

    public function set_utc_offset($offset)
    {
        $this->utc_offset = (int) $offset;
    }

    public function getOffset(): int
    {
        return $this->utc_offset ? $this->utc_offset : parent::getOffset();
    }

    public function getOffsetTimestamp()
    {
        return $this->getTimestamp() + $this->getOffset();
    }

    public function date($format)
    {
        return gmdate($format, $this->getOffsetTimestamp());
    }

    public function date_i18n($format = 'Y-m-d')
    {
        return date_i18n($format, $this->getOffsetTimestamp());
    }
}

/** One line of meta data. */
class WC_Meta_Data implements JsonSerializable
{
    private $data;

    public function __construct($data)
    {
        $this->data = $data;
    }

    public function __get($key)
    {
        return $this->data[$key] ?? null;
    }

    public function __set($key, $value)
    {
        $this->data[$key] = $value;
    }

    public function __isset($key)
    {
        return isset($this->data[$key]);
    }

    public function get_data()
    {
        return $this->data;
    }

    #[\ReturnTypeWillChange]
    public function jsonSerialize()
    {
        return $this->data;
    }
}

/** An object of the shop. */
abstract class WC_Data
{
    protected $id = 0;
    protected $data = [];
    protected $changes = [];
    protected $meta_data = [];
    protected $object_type = 'data';

    /** Properties that are moments. */
    protected $dates = [];

    abstract public function save();

    public function get_id()
    {
        return $this->id;
    }

    public function set_id($id)
    {
        $this->id = (int) $id;
    }

    public function get_object_read()
    {
        return true;
    }

    protected function get_prop($prop, $context = 'view')
    {
        $value = array_key_exists($prop, $this->changes) ? $this->changes[$prop] : $this->data[$prop];
        return $context === 'view' ? apply_filters("woocommerce_{$this->object_type}_get_$prop", $value, $this) : $value;
    }

    protected function set_prop($prop, $value)
    {
        if ($value === $this->data[$prop]) {
            unset($this->changes[$prop]);
            return;
        }
        $this->changes[$prop] = $value;
    }

    public function get_changes()
    {
        return $this->changes;
    }

    public function apply_changes()
    {
        $this->data = array_replace($this->data, $this->changes);
        $this->changes = [];
    }

    public function set_props($props)
    {
        foreach ($props as $prop => $value) {
            $this->{"set_$prop"}($value);
        }
    }

    public function __call($name, $args)
    {
        $verb = substr($name, 0, 4);
        $prop = substr($name, 4);
        if (!array_key_exists($prop, $this->data) || !in_array($verb, ['get_', 'set_'], true)) {
            throw new BadMethodCallException(static::class . " has no method $name");
        }
        if ($verb === 'get_') {
            return $this->get_prop($prop, $args[0] ?? 'view');
        }
        $this->set_prop($prop, in_array($prop, $this->dates, true) ? self::moment($args[0]) : $args[0]);
        return null;
    }

    /** moment reads what setters take as a moment: a WC_DateTime, seconds since 1970, or text, in UTC unless it says otherwise. */
    public static function moment($value)
    {
        if ($value === null || $value === '') {
            return null;
        }
        if ($value instanceof WC_DateTime) {
            return $value;
        }
        $at = is_numeric($value)
            ? new WC_DateTime('@' . (int) $value, new DateTimeZone('UTC'))
            : new WC_DateTime((string) $value, new DateTimeZone('UTC'));
        $at->setTimezone(wp_timezone());
        return $at;
    }

    public function get_meta_data()
    {
        return array_values(array_filter($this->meta_data, fn ($m) => $m->value !== null));
    }

    public function get_meta($key = '', $single = true, $context = 'view')
    {
        $found = array_values(array_filter($this->get_meta_data(), fn ($m) => $m->key === $key));
        if (!$single) {
            return $found;
        }
        $value = $found ? $found[0]->value : '';
        return $context === 'view' ? apply_filters("woocommerce_{$this->object_type}_get_$key", $value, $this) : $value;
    }

    public function meta_exists($key = '')
    {
        return in_array($key, array_map(fn ($m) => $m->key, $this->get_meta_data()), true);
    }

    public function add_meta_data($key, $value, $unique = false)
    {
        if ($unique) {
            $this->delete_meta_data($key);
        }
        $this->meta_data[] = new WC_Meta_Data(['id' => 0, 'key' => $key, 'value' => $value]);
    }

    public function update_meta_data($key, $value, $meta_id = 0)
    {
        foreach ($this->meta_data as $m) {
            if ($m->value !== null && ($meta_id ? (int) $m->id === (int) $meta_id : $m->key === $key)) {
                $m->key = $key;
                $m->value = $value;
                return;
            }
        }
        $this->add_meta_data($key, $value);
    }

    public function delete_meta_data($key)
    {
        foreach ($this->meta_data as $m) {
            if ($m->key === $key) {
                $m->value = null;
            }
        }
    }

    public function get_data()
    {
        return array_merge(['id' => $this->id], array_replace($this->data, $this->changes), ['meta_data' => $this->get_meta_data()]);
    }

    public function __toString()
    {
        return (string) wp_json_encode($this->get_data());
    }

    /** pack makes what a row of the database keeps of the properties. */
    protected function pack()
    {
        $out = array_replace($this->data, $this->changes);
        foreach ($this->dates as $prop) {
            $out[$prop] = isset($out[$prop]) ? $out[$prop]->getTimestamp() : null;
        }
        return wp_json_encode($out);
    }

    protected function unpack($json)
    {
        foreach ((array) json_decode($json, true) as $prop => $value) {
            if (array_key_exists($prop, $this->data)) {
                $this->data[$prop] = in_array($prop, $this->dates, true) ? self::moment($value) : $value;
            }
        }
    }
}
