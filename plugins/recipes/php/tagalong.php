<?php

// What you copy: how an order gets to Tagalong, and how the page learns who is signed in.

require getenv('TAGALONG_SDK') ?: __DIR__ . '/tagalong/autoload.php';

use Tagalong\Client;
use Tagalong\EventFactory;
use Tagalong\IdentityTokens;
use Tagalong\Model\CustomerRef;
use Tagalong\Model\EventOutcome;
use Tagalong\Model\EventSource;
use Tagalong\Model\FinancialStatus;
use Tagalong\Model\Order;
use Tagalong\Model\Totals;
use Tagalong\Money;
use Tagalong\Time;

/**
 * Tells Tagalong how an order stands. Call it after each change of the order; calling it twice does no harm. When it throws, keep the
 * order's number, and call it again later.
 */
function push_order(array $order): void
{
    $client = new Client(getenv('TAGALONG_URL'), getenv('TAGALONG_SHOP'), getenv('TAGALONG_KEY'));
    $events = new EventFactory(new EventSource('marl', '1.0'));
    [$result] = $client->pushEvents([$events->snapshot(new Order(
        $order['number'],
        number: $order['number'],
        placedAt: Time::millis($order['placed']),
        updatedAt: Time::millis($order['updated']),
        currency: $order['currency'],
        totals: new Totals(total: Money::parse($order['total'], $order['currency'])), // "24.90": a decimal in a string, never a float
        financialStatus: $order['paid'] ? FinancialStatus::PAID : FinancialStatus::PENDING,
        customer: new CustomerRef($order['customer_id'], email: $order['email']),
        guest: $order['customer_id'] === null,
        // Buyers can write there: check its form.
        shopper: preg_match('/\Ashp_[a-z2-7]{26}\z/', $order['shopper']) ? $order['shopper'] : null,
    ), $order['updated'])]);
    if ($result->outcome === EventOutcome::INVALID) {
        throw new RuntimeException("order {$order['number']}: " . json_encode($result->error));
    }
}

/** Answers the page's question who is signed in. The customer comes from your own session, never from the request's content. */
function identity(?array $customer): void
{
    header('Cache-Control: private, no-store');
    if ($customer === null) {
        http_response_code(204);
        return;
    }
    $tokens = new IdentityTokens(getenv('TAGALONG_SHOP_KEY'), getenv('TAGALONG_KID'), getenv('TAGALONG_IDENTITY_SECRET'));
    header('Content-Type: text/plain');
    echo $tokens->mint($customer['id'], name: $customer['name'], email: $customer['email'], emailVerified: true);
}
