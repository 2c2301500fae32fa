<?php

/**
 * Loads Tagalong's classes without Composer: `require '…/sdk/php/autoload.php';`. Requiring it twice does no harm.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (strncmp($class, 'Tagalong\\', 9) !== 0) {
        return;
    }
    $path = __DIR__ . '/src/' . strtr(substr($class, 9), '\\', '/');
    foreach ([$path . '.php', $path . '.gen.php'] as $file) {
        if (is_file($file)) {
            require_once $file;
            return;
        }
    }
});
