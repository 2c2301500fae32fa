<?php

// Pushes an order of the shop, as a plugin does after a checkout. Run it with TAGALONG_URL, TAGALONG_SHOP and TAGALONG_KEY set.

require __DIR__ . '/../autoload.php';

use Tagalong\Client;
use Tagalong\EventFactory;
use Tagalong\Model\CustomerRef;
use Tagalong\Model\EventSource;
use Tagalong\Model\FinancialStatus;
use Tagalong\Model\Line;
use Tagalong\Model\Order;
use Tagalong\Model\Totals;
use Tagalong\Money;
use Tagalong\Time;

$client = new Client(getenv('TAGALONG_URL'), getenv('TAGALONG_SHOP'), getenv('TAGALONG_KEY'));
$events = new EventFactory(new EventSource('my-shop', '1.0'));

$changed = new DateTimeImmutable('2026-11-21 20:34:16', new DateTimeZone('Europe/Berlin'));
$order = new Order(
    '1001',
    number: '#1001',
    placedAt: Time::millis($changed),
    updatedAt: Time::millis($changed),
    currency: 'EUR',
    totals: new Totals(total: Money::parse('49.80', 'EUR')),
    financialStatus: FinancialStatus::PAID,
    customer: new CustomerRef('cust-77', email: 'lia@example.org'),
    lines: [new Line('Mug, speckled', 2, unitPrice: Money::parse('24.90', 'EUR'))],
);

foreach ($client->pushEvents([$events->snapshot($order, $changed)]) as $result) {
    echo "$result->outcome\n";
}
echo $client->order('1001')->totals?->total?->format(), "\n";

// Output:
// applied
// 49.80
