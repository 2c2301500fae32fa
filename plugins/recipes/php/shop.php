<?php

// A shop of one mug, with Tagalong in it: tagalong.php is what you copy, this file stands for your shop.

require __DIR__ . '/tagalong.php';

/** Stands for your own sessions. */
function signed_in(): ?array
{
    return ($_COOKIE['session'] ?? '') === 'lia' ? ['id' => '77', 'name' => 'Lia Brandt', 'email' => 'lia@example.org'] : null;
}

switch ($_SERVER['REQUEST_METHOD'] . ' ' . strtok($_SERVER['REQUEST_URI'], '?')) {
    case 'GET /':
        echo strtr(file_get_contents(__DIR__ . '/../page.html'), [
            '{{TAGALONG_URL}}' => getenv('TAGALONG_URL'), '{{TAGALONG_SHOP_KEY}}' => getenv('TAGALONG_SHOP_KEY'),
        ]);
        break;
    case 'POST /sign-in':
        setcookie('session', 'lia', ['httponly' => true]);
        http_response_code(204);
        break;
    case 'GET /tagalong/identity':
        identity(signed_in());
        break;
    case 'POST /orders':
        $now = new DateTimeImmutable();
        try {
            push_order([
                'number' => '1001', 'email' => $_POST['email'], 'shopper' => $_POST['tagalong_shopper'] ?? '',
                'customer_id' => signed_in()['id'] ?? null, 'total' => '24.90', 'currency' => 'EUR', 'paid' => true,
                'placed' => $now, 'updated' => $now,
            ]);
        } catch (Throwable $e) {
            error_log((string) $e); // the order stands all the same; push it again later
        }
        http_response_code(201);
        break;
    default:
        http_response_code(404);
}
