<?php

/**
 * Writes a folder of cases for `tagalong plugin check`, to play the conformance kit against the receiver: the recorded orders and
 * those made by hand, each with the events that the map makes of it (tests/testdata/golden holds the map itself).
 *
 *     php scripts/kit.php FOLDER
 *     tagalong plugin check --url http://127.0.0.1:8091 --cases FOLDER -- scripts/receiver 127.0.0.1:8091
 */

declare(strict_types=1);

use Tagalong\Model\EventSource;
use TagalongChat\Map\Events;
use TagalongChat\Receive\Delivery;
use TagalongChat\Receive\Topics;

require __DIR__ . '/../receiver/autoload.php';

[, $folder] = $argv;
is_dir($folder) || mkdir($folder, 0777, true);
$data = __DIR__ . '/../tests/testdata';
foreach ([...glob("$data/webhook_order_updated_*.json"), ...glob("$data/cases/{order,checkout}*.json", GLOB_BRACE)] as $file) {
    $name = basename($file, '.json');
    $order = json_decode((string) file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
    if (isset($order['tagalong'])) { // what only the plugin knows
        continue;
    }
    if (!str_starts_with($name, 'webhook_')) { // the recordings are one order in three states, these are an order each
        $order['id'] = $name === 'order_kwd' ? 9007199254740993 : (int) hexdec(substr(hash('sha256', $name), 0, 6));
        $order['order_key'] = "wc_order_$name";
    }
    $body = (string) json_encode($order, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    $delivery = new Delivery('order', $body, new DateTimeImmutable());
    $events = Topics::events(new Events(new EventSource('woocommerce', 'receiver-1.0')), 'order', $order, $delivery->id, $delivery->at);
    file_put_contents("$folder/$name.json", $body);
    file_put_contents("$folder/$name.golden.json", json_encode(['events' => $events], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES));
}
file_put_contents("$folder/check.json", json_encode([
    'platform' => 'woocommerce',
    'path' => '/',
    'secret' => 'whsecret',
    'signature' => ['header' => 'X-WC-Webhook-Signature', 'algorithm' => 'hmac-sha256', 'encoding' => 'base64'],
    'headers' => ['X-WC-Webhook-Topic' => 'order.updated', 'X-WC-Webhook-ID' => '1'],
    'secrets' => ['wc_order_'],
    'skip' => ['redaction' => 'WooCommerce has no webhook for it; the plugin has hooks'],
], JSON_PRETTY_PRINT));
