<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Client;
use Tagalong\Exception\ApiException;
use Tagalong\Exception\AuthenticationException;
use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\ConflictException;
use Tagalong\Exception\InvalidRequestException;
use Tagalong\Exception\NotFoundException;
use Tagalong\Exception\PermissionException;
use Tagalong\Exception\RateLimitException;
use Tagalong\Exception\ServerException;
use Tagalong\Http\Request;
use Tagalong\Model\CouponOffer;
use Tagalong\Model\Draft;
use Tagalong\Options;
use Tagalong\Tests\Support\Contract;
use Tagalong\Tests\Support\FakeTransport;
use Tagalong\Tests\Support\World;

/** What each method sends, and what it makes of the answer. */
final class ClientTest extends TestCase
{
    private const BASE = 'https://chat.example.com/v1/shops/' . World::SHOP;

    /** @return iterable<string, array{callable(Client): mixed, string, string, ?string}> */
    public static function calls(): iterable
    {
        $conversation = Contract::example('getConversation.response');
        $entry = Contract::example('postEntry.response');
        yield 'an order' => [
            fn (Client $c) => $c->order('1001'), 'GET /orders/1001', Contract::example('getOrder.response'), null,
        ];
        yield 'an order of a strange name' => [
            fn (Client $c) => $c->order('a/b ä?#%'), 'GET /orders/a%2Fb%20%C3%A4%3F%23%25', Contract::example('getOrder.response'), null,
        ];
        yield 'a conversation' => [fn (Client $c) => $c->conversation('cnv_1'), 'GET /conversations/cnv_1', $conversation, null];
        yield 'closing' => [fn (Client $c) => $c->close('cnv_1'), 'PATCH /conversations/cnv_1', $conversation, '{"state":"closed"}'];
        yield 'reopening' => [fn (Client $c) => $c->reopen('cnv_1'), 'PATCH /conversations/cnv_1', $conversation, '{"state":"open"}'];
        yield 'assigning' => [
            fn (Client $c) => $c->assign('cnv_1', 'agt_1'), 'PATCH /conversations/cnv_1', $conversation, '{"assignee":"agt_1"}',
        ];
        yield 'unassigning' => [
            fn (Client $c) => $c->assign('cnv_1', null), 'PATCH /conversations/cnv_1', $conversation, '{"assignee":null}',
        ];
        yield 'tagging' => [fn (Client $c) => $c->tag('cnv_1', ['vip']), 'PATCH /conversations/cnv_1', $conversation, '{"tags":["vip"]}'];
        yield 'untagging' => [fn (Client $c) => $c->tag('cnv_1', []), 'PATCH /conversations/cnv_1', $conversation, '{"tags":[]}'];
        yield 'a page of a log' => [
            fn (Client $c) => $c->entryPage('cnv_1', before: 9, limit: 3), 'GET /conversations/cnv_1/entries?before=9&limit=3',
            Contract::example('listEntries.response'), null,
        ];
        yield 'a message' => [
            fn (Client $c) => $c->postMessage('cnv_1', 'Hello', 'id-1'), 'POST /conversations/cnv_1/entries', $entry,
            '{"client_id":"id-1","kind":"message","message":{"text":"Hello"}}',
        ];
        yield 'a message with more, to an address' => [
            fn (Client $c) => $c->postMessage('cnv_1', new Draft(text: 'Sorry', coupon: new CouponOffer('SORRY10')), 'id-1', 'adr_1'),
            'POST /conversations/cnv_1/entries', $entry,
            '{"client_id":"id-1","kind":"message","message":{"text":"Sorry","coupon":{"code":"SORRY10"}},"to":"adr_1"}',
        ];
        yield 'a note' => [
            fn (Client $c) => $c->postNote('cnv_1', 'Look out', 'id-2'), 'POST /conversations/cnv_1/entries', $entry,
            '{"client_id":"id-2","kind":"note","message":{"text":"Look out"}}',
        ];
        yield 'a file' => [
            fn (Client $c) => $c->upload('käse.png', 'png'), 'POST /attachments?name=k%C3%A4se.png',
            Contract::example('uploadAttachment.response'), 'png',
        ];
        yield 'a shopper' => [
            fn (Client $c) => $c->shopper('shp_1'), 'GET /shoppers/shp_1', Contract::example('getShopper.response'), null,
        ];
        yield 'what is known of a shopper' => [
            fn (Client $c) => $c->shopperContext('shp_1'), 'GET /shoppers/shp_1/context',
            Contract::example('getShopperContext.response'), null,
        ];
    }

    /**
     * @dataProvider calls
     */
    public function testACall(callable $call, string $request, string $answer, ?string $body): void
    {
        $world = new World([FakeTransport::json($answer)]);
        $result = $call($world->client);
        self::assertJsonStringEqualsJsonString($answer, json_encode($result, JSON_THROW_ON_ERROR));
        [$sent] = $world->transport->requests;
        self::assertSame(str_replace(self::BASE, '', "$sent->method $sent->url"), $request);
        self::assertSame($body, $sent->body);
    }

    public function testWhatEveryRequestCarries(): void
    {
        $world = new World([FakeTransport::json(['external_id' => '1'])]);
        $world->client->order('1');
        $headers = $world->transport->requests[0]->headers();
        self::assertSame('Bearer ' . World::KEY, $headers['Authorization']);
        self::assertSame('application/json', $headers['Accept']);
        $agent = '~^my-plugin/1\.2 tagalong-php/\d+\.\d+\.\d+ \(PHP [^ ]+; [A-Za-z]+\)$~';
        self::assertMatchesRegularExpression($agent, $headers['User-Agent']);
        self::assertArrayNotHasKey('Content-Type', $headers);
        self::assertArrayNotHasKey('Idempotency-Key', $headers);
    }

    public function testWhatHasNoMethodIsReachable(): void
    {
        $world = new World([FakeTransport::json('{"items":[1]}'), FakeTransport::json('', 204)]);
        self::assertSame(['items' => [1]], $world->client->request('get', ['templates'], ['limit' => 2]));
        self::assertNull($world->client->request('POST', ['conversations', 'cnv_1', 'accept-hint'], [], ['handoff' => 'hnd_1'], 'key-1'));
        [$first, $second] = $world->transport->requests;
        self::assertSame(['GET', self::BASE . '/templates?limit=2'], [$first->method, $first->url]);
        self::assertSame('{"handoff":"hnd_1"}', $second->body);
        self::assertSame('key-1', $second->headers()['Idempotency-Key']);
    }

    public function testPagesAreReadAsTheyAreAskedFor(): void
    {
        $page = fn (array $ids, ?string $next): mixed => FakeTransport::json(
            ['items' => array_map(fn (string $id): array => ['external_id' => $id], $ids)] + ($next === null ? [] : ['next' => $next]),
        );
        $world = new World([$page(['1', '2'], 'n=1'), $page([], 'n2'), $page(['3'], null)], ['pageSize' => 2]);
        $ids = [];
        foreach ($world->client->orders() as $order) {
            $ids[] = $order->externalId;
            self::assertCount($order->externalId === '3' ? 3 : 1, $world->transport->requests);
        }
        self::assertSame(['1', '2', '3'], $ids);
        self::assertSame(
            ['/orders?limit=2', '/orders?limit=2&cursor=n%3D1', '/orders?limit=2&cursor=n2'],
            array_map(fn (Request $r): string => substr($r->url, strlen(self::BASE)), $world->transport->requests),
        );
    }

    public function testConversationsAreFiltered(): void
    {
        $world = new World([FakeTransport::json(Contract::example('listConversations.response'))]);
        $all = $world->client->conversations('all', 'none');
        self::assertCount(0, $world->transport->requests); // nobody has asked yet
        self::assertNotNull($all->current());
        self::assertSame(self::BASE . '/conversations?state=all&assignee=none&limit=50', $world->transport->requests[0]->url);
    }

    public function testAListThatDoesNotGoOnEnds(): void
    {
        $world = new World([FakeTransport::json(['items' => [], 'next' => 'same'])]);
        $this->expectException(BadAnswerException::class);
        iterator_to_array($world->client->orders());
    }

    public function testALogIsReadToItsHead(): void
    {
        $entry = fn (int $seq): array => ['seq' => $seq, 'at' => 1, 'kind' => 'note', 'author' => ['kind' => 'system'], 'channel' => 'web'];
        $page = fn (int $head, int ...$seqs): mixed => FakeTransport::json(
            ['items' => array_map($entry, $seqs), 'generation' => 1, 'first_seq' => 1, 'head' => $head],
        );
        $world = new World([$page(4, 2, 3), $page(5, 4), $page(5, 5)]);
        $seqs = array_map(fn ($e): int => $e->seq, iterator_to_array($world->client->entries('cnv_1', 1)));
        self::assertSame([2, 3, 4, 5], $seqs);
        self::assertSame(
            ['1', '3', '4'],
            array_map(fn (Request $r): string => preg_replace('/.*after=(\d+).*/', '$1', $r->url), $world->transport->requests),
        );

        $world = new World([$page(9, 2), $page(9, 2)]);
        $this->expectException(BadAnswerException::class);
        iterator_to_array($world->client->entries('cnv_1'), false);
    }

    public function testAnEmptyLogEnds(): void
    {
        $world = new World([FakeTransport::json(['items' => [], 'generation' => 1, 'first_seq' => 1, 'head' => 7])]);
        self::assertSame([], iterator_to_array($world->client->entries('cnv_1')));
    }

    /** @return iterable<string, array{int, class-string}> */
    public static function kinds(): iterable
    {
        yield '400' => [400, InvalidRequestException::class];
        yield '401' => [401, AuthenticationException::class];
        yield '403' => [403, PermissionException::class];
        yield '404' => [404, NotFoundException::class];
        yield '409' => [409, ConflictException::class];
        yield '410' => [410, ApiException::class];
        yield '413' => [413, InvalidRequestException::class];
        yield '422' => [422, InvalidRequestException::class];
        yield '429' => [429, RateLimitException::class];
        yield '507' => [507, ServerException::class];
    }

    /**
     * @dataProvider kinds
     *
     * @param class-string $class
     */
    public function testEveryStatusHasItsKind(int $status, string $class): void
    {
        $e = self::problem(FakeTransport::problem($status, 'some_code'));
        self::assertSame($class, $e::class);
        self::assertSame([$status, 'some_code', 'req_1'], [$e->status, $e->errorCode, $e->requestId]);
    }

    public function testAProblemTellsWhatIsWrongWhere(): void
    {
        $e = self::problem(FakeTransport::json(Contract::example('problem'), 422));
        self::assertTrue($e->is('invalid'));
        self::assertSame('events[3].order.totals.total.amount', $e->fields[0]->path);
        self::assertSame(
            'tagalong: 422 invalid: Some values are not valid. [events[3].order.totals.total.amount: must not be negative]'
                . ' (request req_7h2k)',
            $e->getMessage(),
        );
    }

    /** @return iterable<string, array{int, string, string}> */
    public static function strangers(): iterable
    {
        yield 'the page of a proxy' => [502, '<html>secret stuff</html>', 'tagalong: 502 http_502 (request r-1)'];
        yield 'JSON of somebody else' => [500, '{"error":"secret stuff"}', 'tagalong: 500 http_500 (request r-1)'];
        yield 'a code that is none' => [500, '{"code":"secret stuff!","message":"secret stuff"}', 'tagalong: 500 http_500 (request r-1)'];
        yield 'fields of other types' => [
            500, '{"code":"internal","message":["x"],"request_id":7,"fields":[1,{"path":2},"x"]}', 'tagalong: 500 internal',
        ];
        yield 'lines and control characters' => [
            500, '{"code":"internal","message":"a\nb\u0000\u001b[31mc\u202e"}', 'tagalong: 500 internal: a b [31mc  (request r-1)',
        ];
        yield 'a redirect' => [
            302, '', 'tagalong: 302 http_302: A redirect, which is not followed: is the base URL right? (request r-1)',
        ];
    }

    /**
     * @dataProvider strangers
     */
    public function testAStrangersAnswerIsNotRepeated(int $status, string $body, string $message): void
    {
        $e = self::problem(FakeTransport::json($body, $status, ['X-Request-ID' => 'r-1']));
        self::assertSame($message, $e->getMessage());
    }

    public function testALongMessageIsCut(): void
    {
        $e = self::problem(FakeTransport::json(['code' => 'internal', 'message' => str_repeat('ä', 10000)], 500));
        self::assertLessThan(600, mb_strlen($e->getMessage()));
    }

    /** @return iterable<string, array{string, bool}> */
    public static function urls(): iterable
    {
        yield 'https' => ['https://chat.example.com', true];
        yield 'with a port and a path' => ['https://chat.example.com:8443/tagalong/', true];
        yield 'this machine' => ['http://localhost:8080', true];
        yield 'a name of this machine' => ['http://chat.localhost:8080', true];
        yield 'its address' => ['http://127.0.0.1:8080', true];
        yield 'its newer address' => ['http://[::1]:8080', true];
        yield 'in the clear' => ['http://chat.example.com', false];
        yield 'what only looks like this machine' => ['http://localhost.example.com', false];
        yield 'its address in a name' => ['http://127.0.0.1.example.com', false];
        yield 'no scheme' => ['chat.example.com', false];
        yield 'another scheme' => ['ftp://chat.example.com', false];
        yield 'a file' => ['file:///etc/passwd', false];
        yield 'a user' => ['https://me:secret@chat.example.com', false];
        yield 'a query' => ['https://chat.example.com?x', false];
        yield 'a line break' => ["https://chat.example.com\r\nX: y", false];
        yield 'nothing' => ['', false];
    }

    /**
     * @dataProvider urls
     */
    public function testTheKeyDoesNotTravelInTheClear(string $url, bool $good): void
    {
        $options = new Options(transport: new FakeTransport());
        if (!$good) {
            $this->expectException(ConfigurationException::class);
        }
        self::assertInstanceOf(Client::class, new Client($url, World::SHOP, World::KEY, $options));
    }

    public function testAPrivateNetworkMayBeAllowed(): void
    {
        $options = new Options(transport: new FakeTransport(), allowHttp: true);
        self::assertInstanceOf(Client::class, new Client('http://tagalong:8080', World::SHOP, World::KEY, $options));
    }

    public function testWhatCannotBeRightIsRefusedAtOnce(): void
    {
        $world = new World([FakeTransport::json([])]);
        $wrong = [
            'no shop' => fn () => new Client('https://chat.example.com', '', World::KEY),
            'the public key for the id' => fn () => new Client('https://chat.example.com', 'pk_aaaaaaaaaaaaaaaaaaaaaaaaaa', World::KEY),
            'a step up for the id' => fn () => new Client('https://chat.example.com', '..', World::KEY),
            'the id for the key' => fn () => new Client('https://chat.example.com', World::SHOP, World::SHOP),
            'no key' => fn () => new Client('https://chat.example.com', World::SHOP, ''),
            'a key of two lines' => fn () => new Client('https://chat.example.com', World::SHOP, "tgk_\r\nX: y"),
            'no time' => fn () => new Options(deadline: 0),
            'fewer than no retries' => fn () => new Options(retries: -1),
            'a name of two lines' => fn () => new Options(userAgent: "a\nb"),
            'a page of nothing' => fn () => new Options(pageSize: 0),
            'no room for an answer' => fn () => new Options(maxAnswerBytes: 0),
            'an empty id' => fn () => $world->client->order(''),
            'a step up' => fn () => $world->client->order('..'),
            'a step nowhere' => fn () => $world->client->conversation('.'),
            'a key with a space' => fn () => $world->client->pushEvents([], 'a b'),
            'events of another kind' => fn () => $world->client->pushEvents([['id' => 'e1']]),
        ];
        foreach ($wrong as $what => $do) {
            try {
                $do();
                self::fail("taken: $what");
            } catch (ConfigurationException) {
                $this->addToAssertionCount(1);
            }
        }
        self::assertSame([], $world->transport->requests);
    }

    private static function problem(mixed $answer): ApiException
    {
        try {
            (new World([$answer], ['retries' => 0]))->client->order('1');
        } catch (ApiException $e) {
            return $e;
        }
        self::fail('succeeded');
    }
}
