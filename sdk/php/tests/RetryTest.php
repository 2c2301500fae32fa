<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Exception\ApiException;
use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\NoAnswerException;
use Tagalong\Exception\RequestException;
use Tagalong\Http\Request;
use Tagalong\Http\Response;
use Tagalong\Http\TransportException;
use Tagalong\Model\ContextEvent;
use Tagalong\Tests\Support\FakeTransport;
use Tagalong\Tests\Support\World;

/** When a call is sent again, how long it waits, and what stays the same. */
final class RetryTest extends TestCase
{
    private const ORDER = ['external_id' => '1001'];

    private static function ok(): Response
    {
        return FakeTransport::json(self::ORDER);
    }

    /** @return iterable<string, array{Response|TransportException, bool}> */
    public static function failures(): iterable
    {
        foreach ([408, 429, 500, 502, 503, 504, 507] as $status) {
            yield "$status is repeated" => [FakeTransport::json('', $status), true];
        }
        foreach ([301, 302, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 415, 421, 422, 431] as $status) {
            yield "$status is not" => [FakeTransport::json('', $status), false];
        }
        yield 'the first try is still running' => [FakeTransport::problem(409, 'idempotency_in_progress'), true];
        yield 'another conflict' => [FakeTransport::problem(409, 'id_conflict'), false];
        yield 'a lost connection' => [FakeTransport::lost(), true];
        yield 'a slow try' => [FakeTransport::lost(TransportException::TIMEOUT), true];
        yield 'a certificate that does not hold' => [FakeTransport::lost(TransportException::INSECURE), false];
        yield 'an endless answer' => [FakeTransport::lost(TransportException::TOO_LARGE), false];
        yield 'no answer that makes sense' => [new Response(0, [], ''), false];
        yield 'success that is no JSON' => [FakeTransport::json('<html>'), false];
        yield 'success without content' => [FakeTransport::json(''), false];
        yield 'success of another form' => [FakeTransport::json(['external_id' => 7]), false];
    }

    /**
     * @dataProvider failures
     */
    public function testWhatIsRepeated(Response|TransportException $failure, bool $repeated): void
    {
        $world = new World([$failure, self::ok()]);
        try {
            self::assertSame('1001', $world->client->order('1001')->externalId);
            self::assertTrue($repeated);
        } catch (RequestException $e) {
            self::assertFalse($repeated, $e->getMessage());
            self::assertFalse($e->isTemporary());
        }
        self::assertCount($repeated ? 2 : 1, $world->transport->requests);
    }

    public function testItGivesUpAfterItsRetries(): void
    {
        $world = new World([FakeTransport::problem(503, 'try_again')], ['retries' => 2, 'deadline' => 100.0]);
        try {
            $world->client->order('1001');
            self::fail('succeeded');
        } catch (ApiException $e) {
            self::assertTrue($e->is('try_again'));
            self::assertTrue($e->isTemporary());
        }
        self::assertCount(3, $world->transport->requests);
        self::assertSame([1, 2], array_map(fn ($retry): int => $retry->try, $world->retries));
    }

    public function testWaitsDoubleUpToALimitWithFullJitter(): void
    {
        $options = ['retries' => 8, 'deadline' => 1000.0];
        foreach ([[0.0, array_fill(0, 8, 0.0)], [0.5, [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]]] as [$luck, $waits]) {
            $world = new World([FakeTransport::json('', 500)], $options, $luck);
            try {
                $world->client->order('1001');
                self::fail('succeeded');
            } catch (ApiException) {
                self::assertSame($waits, $world->clock->slept);
            }
        }
    }

    public function testJitterNeedsNoLuckOfOurs(): void
    {
        $world = new World([FakeTransport::json('', 500), self::ok()], ['random' => null]);
        $world->client->order('1001');
        self::assertCount(1, $world->clock->slept);
        self::assertGreaterThanOrEqual(0.0, $world->clock->slept[0]);
        self::assertLessThan(0.25, $world->clock->slept[0]);
    }

    /** @return iterable<string, array{string, float}> */
    public static function waits(): iterable
    {
        yield 'seconds' => ['3', 3.0];
        yield 'a date' => [gmdate('D, d M Y H:i:s', 1795289656 + 7) . ' GMT', 7.0];
        yield 'a date gone by' => [gmdate('D, d M Y H:i:s', 1795289656 - 7) . ' GMT', 0.125];
        yield 'nothing' => ['0', 0.125];
        yield 'a negative number' => ['-1', 0.125];
        yield 'a fraction' => ['1.5', 0.125];
        yield 'words' => ['later', 0.125];
        yield 'a number of a century' => ['99999999999999999999', 0.125];
    }

    /**
     * @dataProvider waits
     */
    public function testTheServerSaysHowLongToWait(string $retryAfter, float $wait): void
    {
        foreach ([429, 503] as $status) {
            $world = new World([FakeTransport::json('', $status, ['Retry-After' => $retryAfter]), self::ok()]);
            $world->client->order('1001');
            self::assertSame([$wait], $world->clock->slept);
        }
    }

    public function testAWaitPastTheDeadlineIsNotBegun(): void
    {
        $world = new World([FakeTransport::problem(429, 'rate_limited', ['retry-after' => '60'])], ['deadline' => 30.0]);
        try {
            $world->client->order('1001');
            self::fail('succeeded');
        } catch (ApiException $e) {
            self::assertSame(60.0, $e->retryAfter);
        }
        self::assertSame([], $world->clock->slept);
        self::assertCount(1, $world->transport->requests);
    }

    public function testEveryTryHasWhatIsLeftOfTheDeadline(): void
    {
        $slow = function (Request $request) use (&$world): Response {
            $world->clock->pass($request->timeout);
            throw FakeTransport::lost(TransportException::TIMEOUT);
        };
        $world = new World([$slow], ['deadline' => 25.0, 'timeout' => 10.0, 'connectTimeout' => 7.0], luck: 0.0);
        try {
            $world->client->order('1001');
            self::fail('succeeded');
        } catch (NoAnswerException $e) {
            self::assertSame('deadline', $e->errorCode);
            self::assertSame(0, $e->status);
            self::assertTrue($e->isTemporary());
        }
        self::assertSame([10.0, 10.0, 5.0], array_map(fn (Request $r): float => $r->timeout, $world->transport->requests));
        self::assertSame([7.0, 7.0, 5.0], array_map(fn (Request $r): float => $r->connectTimeout, $world->transport->requests));
    }

    public function testOneKeyAndOneBodyForAllTries(): void
    {
        $answer = FakeTransport::json(['results' => [['id' => 'e1', 'outcome' => 'applied']]]);
        $running = FakeTransport::problem(409, 'idempotency_in_progress');
        $world = new World([FakeTransport::lost(), FakeTransport::json('', 502), $running, $answer]);
        $event = new ContextEvent('e1', 'cart.deleted', '2026-11-21T19:34:16.123456Z', 1, externalId: 'c1');
        $world->client->pushEvents([$event]);
        $keys = $world->sent('Idempotency-Key');
        self::assertCount(4, $keys);
        self::assertCount(1, array_unique($keys));
        self::assertMatchesRegularExpression('/^[!-~]{16,200}$/', $keys[0]);
        self::assertCount(1, array_unique(array_map(fn (Request $r): ?string => $r->body, $world->transport->requests)));

        $world->client->pushEvents([$event]);
        self::assertNotSame($keys[0], $world->sent('Idempotency-Key')[4]);
    }

    public function testOneClientIdForAllTriesOfAMessage(): void
    {
        $entry = ['seq' => 4, 'at' => 1, 'kind' => 'message', 'author' => ['kind' => 'plugin'], 'channel' => 'web'];
        $world = new World([FakeTransport::lost(), FakeTransport::json('', 503), FakeTransport::json($entry, 201)]);
        self::assertSame(4, $world->client->postMessage('cnv_1', 'Hello')->seq);
        $bodies = array_map(fn (Request $r): array => json_decode((string) $r->body, true), $world->transport->requests);
        self::assertCount(1, array_unique(array_column($bodies, 'client_id')));
        self::assertMatchesRegularExpression('/^[!-~]{1,64}$/', $bodies[0]['client_id']);
    }

    public function testAnUploadIsNotSentTwiceUnlessItWasRefused(): void
    {
        $file = ['id' => 'att_1', 'name' => 'a.png', 'content_type' => 'image/png', 'size' => 3, 'url' => 'https://files.example/a'];
        $world = new World([FakeTransport::json('', 429), FakeTransport::json($file, 201)]);
        self::assertSame('att_1', $world->client->upload('a.png', 'png')->id);
        self::assertSame(30.0, $world->transport->requests[0]->timeout); // all the time there is

        foreach ([FakeTransport::lost(), FakeTransport::json('', 500)] as $failure) {
            $world = new World([$failure, FakeTransport::json($file, 201)]);
            try {
                $world->client->upload('a.png', 'png');
                self::fail('sent twice');
            } catch (RequestException $e) {
                self::assertTrue($e->isTemporary());
                self::assertCount(1, $world->transport->requests);
            }
        }
    }

    public function testAnAnswerBeyondTheLimitIsRefusedWhateverTheTransport(): void
    {
        $world = new World([FakeTransport::json(str_repeat(' ', 101) . '{"external_id":"1"}')], ['maxAnswerBytes' => 100]);
        self::assertThrowsBad(fn () => $world->client->order('1'));
        self::assertSame(100, $world->transport->requests[0]->maxBytes);
    }

    public function testDeepJsonIsRefused(): void
    {
        $world = new World([FakeTransport::json(str_repeat('[', 5000) . str_repeat(']', 5000))]);
        self::assertThrowsBad(fn () => $world->client->order('1'));
    }

    private static function assertThrowsBad(callable $do): void
    {
        try {
            $do();
            self::fail('taken');
        } catch (BadAnswerException $e) {
            self::assertSame('bad_answer', $e->errorCode);
        }
    }
}
