<?php

// Does what it is told with the PHP SDK, for the tests that hold the SDKs to each other.

declare(strict_types=1);

require __DIR__ . '/../../../../sdk/php/autoload.php';

use Tagalong\Client;
use Tagalong\Connect;
use Tagalong\Exception\RequestException;
use Tagalong\Exception\TagalongException;
use Tagalong\IdentityTokens;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\Redaction;
use Tagalong\Money;
use Tagalong\Options;
use Tagalong\Webhooks;

$given = json_decode(stream_get_contents(STDIN), true, 64, JSON_THROW_ON_ERROR);
$base = getenv('TAGALONG_URL');
$options = new Options(userAgent: 'driver/1');
$client = new Client($base, getenv('TAGALONG_SHOP'), getenv('TAGALONG_KEY'), $options);
$connect = new Connect($base, $options);

$calls = [
    'push' => fn (array $in) => array_map(
        fn ($r) => "$r->id $r->outcome",
        $client->pushEvents(array_map(ContextEvent::fromArray(...), $in['events'])),
    ),
    'order' => fn (array $in) => $client->order($in['id'])->number,
    'orders' => function () use ($client) {
        $ids = [];
        foreach ($client->orders() as $order) {
            $ids[] = $order->externalId;
        }
        return $ids;
    },
    'post' => fn (array $in) => $client->postMessage($in['conversation'], $in['text'])->seq,
    'self' => fn () => $client->ownKey()->shop->name,
    'disconnect' => function () use ($client) {
        $client->disconnect();
        return 'done';
    },
    'redact' => fn (array $in) => $client->redact(new Redaction(reference: $in['reference'] ?: null, orders: $in['orders']))->state,
    'connect' => fn (array $in) => $connect->redeem($in['code'], $in['verifier'], $in['return_url'])->pluginKey->key,
    'connect_url' => fn (array $in) => $connect->url(
        $in['return_url'],
        $in['state'],
        $in['verifier'],
        $in['name'],
        ['context:write', 'context:read'],
        true,
        ['platform' => 'own', 'shop_name' => 'Marl & Co', 'test' => '1'],
    ),
    'money' => fn (array $in) => array_map(function (array $amount) {
        try {
            $money = Money::parse($amount[0], $amount[1]);
            return "$money->amount $money->currency";
        } catch (TagalongException) {
            return 'refused';
        }
    }, $in['amounts']),
    'mint' => fn (array $in) => (new IdentityTokens($in['shop_key'], $in['kid'], $in['secret']))
        ->mint($in['subject'], name: ($in['name'] ?? '') ?: null, lifetime: $in['lifetime'] ?: 3600),
    'verify' => fn (array $in) => (new Webhooks($in['secrets']))->verify($in['body'], $in['headers'])->type,
];

try {
    $out = ['value' => $calls[$given['call']]($given)];
} catch (RequestException $e) {
    $fields = array_map(fn ($f) => $f->path, $e->fields);
    $out = ['error' => ['status' => $e->status, 'code' => $e->errorCode, 'request_id' => $e->requestId ?? '', 'fields' => $fields]];
} catch (TagalongException) {
    $out = ['error' => ['refused' => true]];
}
echo json_encode($out, JSON_THROW_ON_ERROR);
