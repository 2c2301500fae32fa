<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\EventFactory;
use Tagalong\Exception\AuthenticationException;
use Tagalong\Exception\ConflictException;
use Tagalong\Exception\InvalidRequestException;
use Tagalong\Exception\NotFoundException;
use Tagalong\IdentityTokens;
use Tagalong\Model\CustomerRef;
use Tagalong\Model\EventSource;
use Tagalong\Model\FinancialStatus;
use Tagalong\Model\FulfillmentStatus;
use Tagalong\Model\Line;
use Tagalong\Model\Order;
use Tagalong\Model\Shipment;
use Tagalong\Model\ShipmentStatus;
use Tagalong\Model\Totals;
use Tagalong\Model\Tracking;
use Tagalong\Money;
use Tagalong\Tests\Support\Contract;
use Tagalong\Tests\Support\FakeClock;
use Tagalong\Tests\Support\Installation;
use Tagalong\Time;

/** The SDK against the program itself: what is pushed is what agents see, and who is signed in is believed. */
final class RealServerTest extends TestCase
{
    private static ?Installation $installation = null;

    public static function setUpBeforeClass(): void
    {
        $binary = Installation::binary();
        if ($binary === null) {
            self::markTestSkipped('no program: run "make build", or name one in TAGALONG_BINARY');
        }
        self::$installation = new Installation($binary);
    }

    public static function tearDownAfterClass(): void
    {
        self::$installation?->stop();
        self::$installation = null;
    }

    private static function order(string $id, \DateTimeImmutable $at): Order
    {
        $mug = new Line('Mug, speckled', 2, sku: 'MUG-S', unitPrice: Money::parse('24.90', 'EUR'), total: Money::parse('49.80', 'EUR'));
        return new Order(
            $id,
            number: "#$id",
            placedAt: Time::millis($at),
            updatedAt: Time::millis($at),
            currency: 'EUR',
            totals: new Totals(subtotal: Money::parse('49.80', 'EUR'), total: Money::parse('54.70', 'EUR')),
            financialStatus: FinancialStatus::PAID,
            fulfillmentStatus: FulfillmentStatus::UNFULFILLED,
            customer: new CustomerRef('cust-77', 'lia@example.org', '+4915112345678'),
            lines: [$mug],
            attributes: ['gift' => 'yes'],
        );
    }

    private static function events(): EventFactory
    {
        return new EventFactory(new EventSource('php', '0.1.0'));
    }

    public function testWhatIsPushedIsReadBack(): void
    {
        $client = self::$installation->client();
        $at = new \DateTimeImmutable('-1 hour');
        $order = self::order('1001', $at);
        $shipment = new Shipment('f-1', orderExternalId: '1001', status: ShipmentStatus::IN_TRANSIT, tracking: [new Tracking('0034')]);
        $events = [
            self::events()->snapshot($order, $at),
            self::events()->patch(new Order('1001', note: 'Wrap it.'), $at->modify('+1 minute'), Time::millis($at) + 60_000),
            self::events()->snapshot($shipment, $at),
        ];
        self::assertSame(['applied', 'applied', 'applied'], self::outcomes($client->pushEvents($events)));
        self::assertSame(['duplicate', 'duplicate', 'duplicate'], self::outcomes($client->pushEvents($events)));

        $read = $client->order('1001');
        self::assertEquals($order->with(note: 'Wrap it.', shipments: [$shipment])->toArray(), $read->toArray());
        self::assertSame(['1001'], array_map(fn (Order $o): string => $o->externalId, iterator_to_array($client->orders())));
    }

    public function testAllGoldenEventsAreTaken(): void
    {
        $events = json_decode(Contract::example('pushEvents.request'), true)['events'];
        $results = self::$installation->client()->pushEvents(array_map(\Tagalong\Model\ContextEvent::fromArray(...), $events));
        foreach ($results as $result) {
            self::assertNotSame('invalid', $result->outcome, (string) json_encode($result));
        }
    }

    public function testAnOrderOfAStrangeNameIsFound(): void
    {
        $client = self::$installation->client();
        $id = 'a/b ä?#%+&';
        $at = new \DateTimeImmutable('-2 hours');
        $client->pushEvents([self::events()->snapshot(self::order($id, $at), $at)]);
        self::assertSame($id, $client->order($id)->externalId);
    }

    public function testListsAreReadToTheirEnd(): void
    {
        $at = new \DateTimeImmutable('-3 hours');
        $events = array_map(fn (int $n) => self::events()->snapshot(self::order("list-$n", $at), $at), range(1, 7));
        $client = self::$installation->client(['pageSize' => 3]);
        $client->pushEvents($events);
        $ids = array_map(fn (Order $o): string => $o->externalId, iterator_to_array($client->orders()));
        self::assertSame(7, count(array_filter($ids, fn (string $id): bool => str_starts_with($id, 'list-'))));
        self::assertSame($ids, array_unique($ids));
    }

    public function testTheServerTakesARequestFilledToTheLastByte(): void
    {
        $at = new \DateTimeImmutable('-4 hours');
        $lines = array_fill(0, 100, new Line(str_repeat('x', 1900), 1));
        $full = self::events()->snapshot(new Order('full', lines: $lines, attributes: ['pad' => '']), $at, id: 'full');
        $missing = 256 * 1024 - strlen('{"events":[' . json_encode($full) . ']}');
        for ($n = 0; $missing > 0; $n++) {
            $name = sprintf('pad%03d', $n);
            $around = strlen(",\"$name\":\"\"");
            $length = min(1900, $missing - $around);
            $length -= $missing - $around - $length > 0 && $missing - $around - $length < 20 ? 20 : 0;
            $full = $full->with(order: $full->order->with(attributes: $full->order->attributes + [$name => str_repeat('x', $length)]));
            $missing -= $around + $length;
        }
        self::assertSame(256 * 1024, strlen('{"events":[' . json_encode($full) . ']}'));
        self::assertSame(['applied'], self::outcomes(self::$installation->client()->pushEvents([$full])));

        $order = $full->order->with(externalId: 'full1');
        [$result] = self::$installation->client()->pushEvents([$full->with(order: $order)]);
        self::assertSame('too_large', $result->error?->code);
    }

    public function testAKeyIsRemembered(): void
    {
        $client = self::$installation->client();
        $at = new \DateTimeImmutable('-5 hours');
        $event = self::events()->snapshot(self::order('once', $at), $at);
        self::assertSame(['applied'], self::outcomes($client->pushEvents([$event], 'outbox-1')));
        self::assertSame(['applied'], self::outcomes($client->pushEvents([$event], 'outbox-1'))); // the first answer again
        $this->expectException(InvalidRequestException::class);
        $client->pushEvents([$event->with(hint: 'other')], 'outbox-1');
    }

    public function testRefusalsHaveTheirKinds(): void
    {
        $at = new \DateTimeImmutable('-1 hour');
        $bad = self::events()->snapshot(new Order('bad', currency: 'euro'), $at);
        [$result] = self::$installation->client()->pushEvents([$bad]);
        self::assertSame('invalid', $result->outcome);
        self::assertSame('order.currency', $result->error?->fields[0]->path);
        try {
            self::$installation->client()->order('unknown');
            self::fail('found');
        } catch (NotFoundException $e) {
            self::assertSame('not_found', $e->errorCode);
            self::assertNotNull($e->requestId);
        }
        $this->expectException(AuthenticationException::class);
        (new \Tagalong\Client(self::$installation->url, self::$installation->shop, 'tgk_wrong'))->order('1001');
    }

    public function testWhoIsSignedInIsBelieved(): void
    {
        $i = self::$installation;
        $secret = $i->asOwner('POST', "/v1/shops/$i->shop/identity-secrets");
        $tokens = new IdentityTokens($i->shopKey, $secret['kid'], $secret['secret']);
        foreach ([3600, IdentityTokens::MAX_LIFETIME] as $lifetime) {
            $answer = $this->identify($tokens->mint('cust-77', 'Lía Brandt', 'Lia@example.org', '+4915112345678', true, $lifetime));
            self::assertTrue($answer['shopper']['identified']);
            self::assertSame('Lía Brandt', $answer['shopper']['name']);
        }
        $other = 'pk_' . str_repeat('a', 26);
        $late = new IdentityTokens($i->shopKey, $secret['kid'], $secret['secret'], new FakeClock(time() - 86400));
        $altered = preg_replace('/[^.]+$/', substr((string) strrchr($tokens->mint('cust-78'), '.'), 1), $tokens->mint('cust-77'));
        $refused = [
            'of another secret' => (new IdentityTokens($i->shopKey, $secret['kid'], 'tgi_other'))->mint('cust-77'),
            'of an unknown secret' => (new IdentityTokens($i->shopKey, 'kid_' . str_repeat('a', 26), $secret['secret']))->mint('cust-77'),
            'for another shop' => (new IdentityTokens($other, $secret['kid'], $secret['secret']))->mint('cust-77'),
            'of yesterday' => $late->mint('cust-77'),
            'with the signature of another' => $altered,
        ];
        foreach ($refused as $what => $token) {
            try {
                $this->identify($token);
                self::fail("believed: a token $what");
            } catch (\RuntimeException $e) {
                self::assertStringContainsString('identity_unverified', $e->getMessage(), $what);
            }
        }
    }

    public function testAConversationIsReadAndAnswered(): void
    {
        $i = self::$installation;
        $session = $i->call('POST', "/v1/shops/$i->shopKey/sessions", ['language' => 'en']);
        $frame = ['type' => 'send', 'client_id' => 'first', 'start' => 'first', 'message' => ['text' => 'Where is my order?']];
        $ack = $i->call('POST', "/v1/shops/$i->shopKey/frames", $frame, ['Authorization' => "Bearer {$session['token']}"]);
        $id = $ack['conversation'];

        $client = $i->client(['pageSize' => 1]);
        self::assertSame($id, $client->conversations()->current()->id);
        self::assertSame('Where is my order?', $client->conversation($id)->lastMessage?->text);
        $entry = $client->postMessage($id, 'It left us this morning.', 'mine-1');
        self::assertSame($entry->seq, $client->postMessage($id, 'It left us this morning.', 'mine-1')->seq);
        try {
            $client->postMessage($id, 'Something else.', 'mine-1');
            self::fail('taken');
        } catch (ConflictException $e) {
            self::assertTrue($e->is('id_conflict'));
        }
        $client->postNote($id, 'Look at the carrier.');
        $file = $client->upload('käse.txt', 'hello');
        $client->postMessage($id, new \Tagalong\Model\Draft(text: 'See this.', attachmentIds: [$file->id]));
        self::assertSame(['vip'], $client->tag($id, ['vip'])->tags);
        self::assertSame('closed', $client->close($id)->state);
        self::assertSame('open', $client->reopen($id)->state);

        $log = iterator_to_array($client->entries($id), false);
        $texts = array_values(array_filter(array_map(fn ($e): ?string => $e->message?->text, $log)));
        self::assertSame(['Where is my order?', 'It left us this morning.', 'Look at the carrier.', 'See this.'], $texts);
        self::assertSame(range(1, count($log)), array_map(fn ($e): int => $e->seq, $log));
        self::assertSame($session['shopper']['id'], $client->shopper($session['shopper']['id'])->id);
        self::assertSame([], $client->shopperContext($session['shopper']['id'])->orders);
    }

    /**
     * @param list<\Tagalong\Model\EventResult> $results
     *
     * @return list<string>
     */
    private static function outcomes(array $results): array
    {
        return array_map(fn ($r): string => $r->outcome, $results);
    }

    /** @return array<mixed> */
    private function identify(string $token): array
    {
        $i = self::$installation;
        $session = $i->call('POST', "/v1/shops/$i->shopKey/sessions", ['language' => 'en']);
        $bearer = ['Authorization' => "Bearer {$session['token']}"];
        return $i->call('POST', "/v1/shops/$i->shopKey/shopper/identity", ['jwt' => $token], $bearer);
    }
}
