<?php

/** Loads the receiver, and the plugin's map and the SDK that it stands on. */

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . substr($class, strlen('TagalongChat\\Receive\\')) . '.php';
    if (str_starts_with($class, 'TagalongChat\\Receive\\') && is_file($file)) {
        require_once $file;
    }
});
