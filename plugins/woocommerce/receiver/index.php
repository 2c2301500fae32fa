<?php

/**
 * Point WooCommerce's webhooks here (WooCommerce → Settings → Advanced → Webhooks; API version WP REST API v3), and set
 *
 *     TAGALONG_URL, TAGALONG_SHOP, TAGALONG_KEY    of a plugin key with context:write
 *     WOO_SECRETS                                  "order=…,customer=…,product=…,coupon=…": the secrets of the webhooks, one for each noun
 *     WOO_CURRENCY                                 the shop's, "EUR"
 *     WOO_SPOOL                                    a folder outside of the web server's, for what could not be sent
 *
 * `php index.php` on the command line sends what has been kept; run it from cron every few minutes.
 */

declare(strict_types=1);

use Tagalong\Client;
use Tagalong\Model\EventSource;
use Tagalong\Options;
use TagalongChat\Map\Events;
use TagalongChat\Receive\Receiver;
use TagalongChat\Receive\Spool;

require __DIR__ . '/autoload.php';

$secrets = [];
foreach (array_filter(explode(',', (string) getenv('WOO_SECRETS'))) as $pair) {
    [$noun, $secret] = explode('=', $pair, 2) + [1 => ''];
    $secrets[trim($noun)] = $secret;
}
$receiver = new Receiver(
    $secrets,
    (string) getenv('WOO_CURRENCY'),
    new Client(
        (string) getenv('TAGALONG_URL'),
        (string) getenv('TAGALONG_SHOP'),
        (string) getenv('TAGALONG_KEY'),
        new Options(deadline: 10, retries: 1, userAgent: 'tagalong-woocommerce-receiver/1.0'),
    ),
    new Events(new EventSource('woocommerce', 'receiver-1.0')),
    new Spool((string) (getenv('WOO_SPOOL') ?: sys_get_temp_dir() . '/tagalong-woocommerce')),
    static fn (string $line) => error_log("tagalong: $line"),
);
if (PHP_SAPI === 'cli') {
    exit($receiver->drain() === 0 ? 0 : 1);
}
http_response_code($receiver->receive(
    (string) ($_SERVER['REQUEST_METHOD'] ?? ''),
    (string) ($_SERVER['HTTP_X_WC_WEBHOOK_SIGNATURE'] ?? ''),
    (string) file_get_contents('php://input', length: Receiver::LIMIT + 1),
    new DateTimeImmutable(),
));
