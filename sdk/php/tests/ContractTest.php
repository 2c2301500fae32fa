<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\MalformedException;
use Tagalong\Model\Cart;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\Conversation;
use Tagalong\Model\EntryList;
use Tagalong\Model\Entry;
use Tagalong\Model\EventResult;
use Tagalong\Model\NewEntry;
use Tagalong\Model\Order;
use Tagalong\Model\Shopper;
use Tagalong\Model\ShopperContext;
use Tagalong\Model\Attachment;
use Tagalong\Model\WebhookEvent;
use Tagalong\Money;
use Tagalong\Tests\Support\Contract;

/** The types against the contract that they are made of. */
final class ContractTest extends TestCase
{
    /** @return iterable<string, array{string, callable, 2?: string}> */
    public static function objects(): iterable
    {
        yield 'an order' => ['getOrder.response', Order::fromArray(...)];
        yield 'a new entry' => ['postEntry.request', NewEntry::fromArray(...), 'NewEntry'];
        yield 'an entry' => ['postEntry.response', Entry::fromArray(...)];
        yield 'a log' => ['listEntries.response', EntryList::fromArray(...)];
        yield 'a conversation' => ['getConversation.response', Conversation::fromArray(...)];
        yield 'a changed conversation' => ['updateConversation.response', Conversation::fromArray(...)];
        yield 'a shopper' => ['getShopper.response', Shopper::fromArray(...)];
        yield 'the context of a shopper' => ['getShopperContext.response', ShopperContext::fromArray(...)];
        yield 'an attachment' => ['uploadAttachment.response', Attachment::fromArray(...)];
        foreach (['conversation.changed', 'conversation.started', 'message.created', 'order.changed'] as $type) {
            yield "the webhook $type" => ["webhook.$type", WebhookEvent::fromArray(...)];
        }
    }

    /**
     * @dataProvider objects
     */
    public function testAnObjectIsReadAndWrittenWithoutLoss(string $example, callable $read, ?string $schema = null): void
    {
        $json = Contract::example($example);
        $written = json_encode($read(json_decode($json, true)), JSON_THROW_ON_ERROR);
        self::assertJsonStringEqualsJsonString($json, $written);
        if ($schema !== null) {
            self::assertSame([], Contract::problems(json_decode($written), $schema));
        }
    }

    /** @return iterable<string, array{string, string, callable}> */
    public static function lists(): iterable
    {
        yield 'events' => ['pushEvents.request', 'events', ContextEvent::fromArray(...)];
        yield 'results' => ['pushEvents.response', 'results', EventResult::fromArray(...)];
        yield 'orders' => ['listOrders.response', 'items', Order::fromArray(...)];
        yield 'conversations' => ['listConversations.response', 'items', Conversation::fromArray(...)];
    }

    /**
     * @dataProvider lists
     */
    public function testAListIsReadAndWrittenWithoutLoss(string $example, string $field, callable $read): void
    {
        $list = json_decode(Contract::example($example), true)[$field];
        self::assertNotSame([], $list);
        foreach ($list as $item) {
            self::assertJsonStringEqualsJsonString(json_encode($item), json_encode($read($item), JSON_THROW_ON_ERROR));
        }
    }

    public function testWhatIsPushedIsWhatTheSchemaSays(): void
    {
        foreach (json_decode(Contract::example('pushEvents.request'), true)['events'] as $event) {
            $written = json_decode(json_encode(ContextEvent::fromArray($event)));
            self::assertSame([], Contract::problems($written, 'ContextEvent'));
        }
    }

    public function testTheCheckOfSchemasSeesWhatIsWrong(): void
    {
        $event = json_decode(Contract::example('pushEvents.request'))->events[0];
        $event->order->colour = 'red';
        $event->order->lines[0]->quantity = -1;
        $event->order->currency = 'euro';
        unset($event->version);
        self::assertCount(4, Contract::problems($event, 'ContextEvent'));
    }

    public function testAbsentAndEmptyAreNotTheSame(): void
    {
        self::assertSame('{"external_id":"1"}', json_encode(new Order('1')));
        $empty = new Order('1', lines: [], attributes: []);
        self::assertSame('{"external_id":"1","lines":[],"attributes":{}}', json_encode($empty));
        self::assertSame('{"external_id":"1","attributes":{"0":"a"}}', json_encode(new Order('1', attributes: ['a'])));
        self::assertSame('{"external_id":"c","consent_marketing":false}', json_encode(new Cart('c', consentMarketing: false)));
    }

    public function testAnObjectIsChangedByMakingAnother(): void
    {
        $order = new Order('1', number: '#1', note: 'wrap it');
        $other = $order->with(note: null, guest: true);
        self::assertSame(['external_id' => '1', 'number' => '#1', 'guest' => true], $other->toArray());
        self::assertSame('wrap it', $order->note);
        $this->expectException(ConfigurationException::class);
        $order->with(colour: 'red');
    }

    public function testFieldsOfANewerServerAreLeftOut(): void
    {
        $shopper = Shopper::fromArray(['id' => 'shp_1', 'identified' => true, 'moon_phase' => ['full']]);
        self::assertSame(['id' => 'shp_1', 'identified' => true], $shopper->toArray());
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public static function malformed(): iterable
    {
        yield 'a field is missing' => [[]];
        yield 'a number for a text' => [['external_id' => 1]];
        yield 'a text for a number' => [['external_id' => '1', 'placed_at' => '2026']];
        yield 'a fraction for a number' => [['external_id' => '1', 'placed_at' => 1.5]];
        yield 'an object for a list' => [['external_id' => '1', 'tags' => ['a' => 'b']]];
        yield 'a list of something else' => [['external_id' => '1', 'tags' => [1]]];
        yield 'a list for an object' => [['external_id' => '1', 'totals' => 'x']];
        yield 'a map of something else' => [['external_id' => '1', 'attributes' => ['a' => 1]]];
        yield 'a text for objects' => [['external_id' => '1', 'lines' => ['x']]];
        yield 'a number for a truth' => [['external_id' => '1', 'guest' => 1]];
        yield 'something deep inside' => [['external_id' => '1', 'totals' => ['total' => ['amount' => 1]]]];
    }

    /**
     * @dataProvider malformed
     *
     * @param array<string, mixed> $data
     */
    public function testAnswersOfOtherTypesAreRefused(array $data): void
    {
        $this->expectException(MalformedException::class);
        Order::fromArray($data);
    }

    public function testListsOfOtherTypesAreRefusedAtOnce(): void
    {
        foreach ([['lines' => [new Money(1, 'EUR')]], ['tags' => [1]], ['tags' => ['x' => 'y']]] as $wrong) {
            try {
                new Order('1', ...$wrong);
                self::fail('taken: ' . json_encode($wrong));
            } catch (ConfigurationException $e) {
                self::assertStringContainsString((string) array_key_first($wrong), $e->getMessage());
            }
        }
    }

    public function testTheGeneratedFilesAreFresh(): void
    {
        exec(PHP_BINARY . ' ' . escapeshellarg(__DIR__ . '/../scripts/generate.php') . ' --check 2>&1', $out, $code);
        self::assertSame(0, $code, implode("\n", $out) . "\nrun: php scripts/generate.php");
    }
}
