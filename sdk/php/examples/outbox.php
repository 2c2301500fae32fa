<?php

// What a plugin does with a push that fails: keep it while later may help, tell somebody when it will not.

require __DIR__ . '/../autoload.php';

use Tagalong\Client;
use Tagalong\EventFactory;
use Tagalong\Exception\RequestException;
use Tagalong\Model\EventOutcome;
use Tagalong\Model\EventSource;
use Tagalong\Model\Order;
use Tagalong\Options;

// In a request of a shopper: little time, few tries. The outbox tries again later.
$options = new Options(deadline: 3, retries: 1, userAgent: 'my-plugin/1.0');
$client = new Client(getenv('TAGALONG_URL'), getenv('TAGALONG_SHOP'), getenv('TAGALONG_KEY'), $options);
$events = new EventFactory(new EventSource('my-shop', '1.0'));
$row = ['id' => 7, 'order' => 'refused', 'changed' => new DateTimeImmutable('2026-11-21T19:34:16Z')];

try {
    [$result] = $client->pushEvents([$events->snapshot(new Order($row['order']), $row['changed'])], "outbox-{$row['id']}");
    echo $result->outcome === EventOutcome::INVALID ? "drop it and tell: {$result->error?->message}\n" : "done\n";
} catch (RequestException $e) {
    echo $e->isTemporary() ? 'keep it, try again in ' . ($e->retryAfter ?? 30) . " s\n" : "stop all and tell: {$e->getMessage()}\n";
}

// Output:
// stop all and tell: tagalong: 401 invalid_token: The key is unknown or revoked. (request req_1)
