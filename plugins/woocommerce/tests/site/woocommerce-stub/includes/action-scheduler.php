<?php

/**
 * The job queue that WooCommerce ships, as it was seen to behave (Action Scheduler 3.9.2): an action that throws is failed and never
 * tried again; a second unique one, and arguments of more than 8,000 characters, are not scheduled and 0 is answered; a run takes 25
 * at most, and only one runs at a time.
 */

defined('ABSPATH') || exit;

function as_stub_table()
{
    return $GLOBALS['wpdb']->prefix . 'actionscheduler_actions';
}

function as_stub_insert($timestamp, $hook, $args, $group, $unique, $interval)
{
    global $wpdb;
    $json = wp_json_encode($args);
    if (strlen($json) > 8000) {
        return 0;
    }
    $table = as_stub_table();
    // As in the original, uniqueness is of hook and group, in one statement: two processes at once do not both get in.
    $same = "SELECT 1 FROM $table a WHERE a.hook = %s AND a.grp = %s AND a.status IN ('pending', 'in-progress')";
    $guard = $unique ? $wpdb->prepare("WHERE NOT EXISTS ($same)", $hook, $group) : '';
    $wpdb->query($wpdb->prepare(
        "INSERT INTO $table (hook, status, scheduled_gmt, args, grp, every, claim, attempts)
        SELECT %s, 'pending', %s, %s, %s, %d, 0, 0 FROM DUAL ",
        $hook,
        gmdate('Y-m-d H:i:s', $timestamp),
        $json,
        $group,
        $interval
    ) . $guard);
    return $wpdb->rows_affected === 1 ? (int) $wpdb->insert_id : 0;
}

function as_schedule_single_action($timestamp, $hook, $args = [], $group = '', $unique = false, $priority = 10)
{
    return as_stub_insert($timestamp, $hook, $args, $group, $unique, 0);
}

function as_enqueue_async_action($hook, $args = [], $group = '', $unique = false, $priority = 10)
{
    return as_stub_insert(time(), $hook, $args, $group, $unique, 0);
}

function as_schedule_recurring_action($timestamp, $interval_in_seconds, $hook, $args = [], $group = '', $unique = false, $priority = 10)
{
    return as_stub_insert($timestamp, $hook, $args, $group, $unique, (int) $interval_in_seconds);
}

/** as_stub_where makes the condition that picks actions; arguments and group count when they are given. */
function as_stub_where($hook, $args, $group, $statuses)
{
    global $wpdb;
    $where = "status IN ('" . implode("', '", $statuses) . "')";
    if ((string) $hook !== '') {
        $where .= $wpdb->prepare(' AND hook = %s', $hook);
    }
    if ($args !== null) {
        $where .= $wpdb->prepare(' AND args = %s', wp_json_encode($args));
    }
    if ((string) $group !== '') {
        $where .= $wpdb->prepare(' AND grp = %s', $group);
    }
    return $where;
}

function as_next_scheduled_action($hook, $args = null, $group = '')
{
    global $wpdb;
    $table = as_stub_table();
    if ($wpdb->get_var("SELECT id FROM $table WHERE " . as_stub_where($hook, $args, $group, ['in-progress']) . ' LIMIT 1')) {
        return true;
    }
    $at = $wpdb->get_var("SELECT MIN(scheduled_gmt) FROM $table WHERE " . as_stub_where($hook, $args, $group, ['pending']));
    return $at ? strtotime("$at UTC") : false;
}

function as_has_scheduled_action($hook, $args = null, $group = '')
{
    return as_next_scheduled_action($hook, $args, $group) !== false;
}

function as_unschedule_action($hook, $args = [], $group = '')
{
    global $wpdb;
    $table = as_stub_table();
    $id = $wpdb->get_var("SELECT id FROM $table WHERE " . as_stub_where($hook, $args, $group, ['pending'])
        . ' ORDER BY scheduled_gmt, id LIMIT 1');
    if ($id) {
        $wpdb->update($table, ['status' => 'canceled'], ['id' => $id]);
    }
    return $id ? (int) $id : null;
}

function as_unschedule_all_actions($hook, $args = [], $group = '')
{
    global $wpdb;
    $where = as_stub_where($hook, $args ? $args : null, $group, ['pending']);
    $wpdb->query('UPDATE ' . as_stub_table() . " SET status = 'canceled' WHERE $where");
}

function as_get_scheduled_actions($args = [], $return_format = OBJECT)
{
    global $wpdb;
    $statuses = (array) ($args['status'] ?? ['pending', 'in-progress', 'complete', 'failed', 'canceled']);
    $where = as_stub_where($args['hook'] ?? '', $args['args'] ?? null, $args['group'] ?? '', $statuses);
    $limit = (int) ($args['per_page'] ?? 5);
    $rows = $wpdb->get_results('SELECT * FROM ' . as_stub_table() . " WHERE $where ORDER BY scheduled_gmt, id"
        . ($limit > 0 ? " LIMIT $limit" : ''));
    $out = [];
    foreach ($rows as $row) {
        $out[(int) $row->id] = $row;
    }
    return $return_format === 'ids' ? array_keys($out) : $out;
}

class ActionScheduler
{
    public static function is_initialized($function_name = null)
    {
        return (bool) did_action('action_scheduler_init');
    }
}

class ActionScheduler_QueueRunner
{
    public static function instance()
    {
        static $one;
        return $one ??= new self();
    }

    /** run does what is due, and tells how many actions that were. */
    public function run($context = 'WP Cron')
    {
        global $wpdb;
        $table = as_stub_table();
        if ($wpdb->get_var("SELECT id FROM $table WHERE claim <> 0 AND status IN ('pending', 'in-progress') LIMIT 1")) {
            return 0; // one batch at a time
        }
        $claim = random_int(1, PHP_INT_MAX);
        $wpdb->query($wpdb->prepare(
            "UPDATE $table SET claim = %d WHERE claim = 0 AND status = 'pending' AND scheduled_gmt <= %s
            ORDER BY scheduled_gmt, id LIMIT 25",
            $claim,
            gmdate('Y-m-d H:i:s')
        ));
        $rows = $wpdb->get_results($wpdb->prepare("SELECT * FROM $table WHERE claim = %d ORDER BY scheduled_gmt, id", $claim));
        foreach ($rows as $row) {
            $this->one($row);
        }
        return count($rows);
    }

    private function one($row)
    {
        global $wpdb;
        $table = as_stub_table();
        $begin = "UPDATE $table SET status = 'in-progress', attempts = attempts + 1 WHERE id = %d AND status = 'pending'";
        if (!$wpdb->query($wpdb->prepare($begin, $row->id))) {
            return; // it was cancelled meanwhile
        }
        try {
            do_action_ref_array($row->hook, array_values((array) json_decode($row->args, true)));
            $status = 'complete';
        } catch (Throwable $e) {
            $status = 'failed';
            do_action('action_scheduler_failed_execution', (int) $row->id, $e, '');
        }
        $wpdb->update($table, ['status' => $status, 'claim' => 0], ['id' => $row->id]);
        if ($row->every > 0) {
            as_stub_insert(
                time() + (int) $row->every,
                $row->hook,
                (array) json_decode($row->args, true),
                $row->grp,
                false,
                (int) $row->every
            );
        }
    }
}
