<?php

/**
 * Loads the plugin's classes and the SDK's: from vendor/ in an installed plugin, from the repository while it is worked on.
 */

declare(strict_types=1);

require is_file(__DIR__ . '/vendor/tagalong/autoload.php')
    ? __DIR__ . '/vendor/tagalong/autoload.php'
    : __DIR__ . '/../../sdk/php/autoload.php';

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/src/' . strtr(substr($class, strlen('TagalongChat\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'TagalongChat\\') && is_file($file)) {
        require_once $file;
    }
});
