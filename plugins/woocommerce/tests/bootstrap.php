<?php

declare(strict_types=1);

require __DIR__ . '/../receiver/autoload.php';

// The SDK's own stand-ins serve here too.
spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/../../../sdk/php/tests/' . strtr(substr($class, strlen('Tagalong\\Tests\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'Tagalong\\Tests\\') && is_file($file)) {
        require $file;
    }
});

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . strtr(substr($class, strlen('TagalongChat\\Tests\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'TagalongChat\\Tests\\') && is_file($file)) {
        require $file;
    }
});
