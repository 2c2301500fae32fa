<?php

/**
 * Leaves nothing: tells Tagalong that the key is no longer needed, then removes the options, the table, the planned actions and the
 * ids in orders of every site. The browsers' cookie tagalong_shopper runs out after 90 days.
 */

declare(strict_types=1);

defined('WP_UNINSTALL_PLUGIN') || exit;

require __DIR__ . '/autoload.php';

(static function (): void {
    $leave = static function (): void {
        try {
            TagalongChat\Connection::load()?->client(5.0)->disconnect();
        } catch (Tagalong\Exception\TagalongException) {
            // Not reachable, or revoked before. The merchant can revoke the key in the inbox.
        }
        TagalongChat\Plugin::removeAll();
    };
    if (!is_multisite()) {
        $leave();
        return;
    }
    foreach (get_sites(['fields' => 'ids', 'number' => 0]) as $site) {
        switch_to_blog((int) $site);
        $leave();
        restore_current_blog();
    }
})();
