<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\WebhookException;
use Tagalong\Tests\Support\Contract;
use Tagalong\Tests\Support\FakeClock;
use Tagalong\Webhooks;

final class WebhooksTest extends TestCase
{
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    private const OTHER = 'whsec_YW5vdGhlciBzZWNyZXQgb2YgMjQgYnl0ZQ==';
    private const BODY = '{"id":"evt_1","type":"message.created","at":1795289656123,"shop":"shop_1"}';
    private const NOW = 1795289656;

    /** @return array<string, string> */
    private static function sign(string $secret, string $id = 'evt_1', int $at = self::NOW, string $body = self::BODY): array
    {
        $mac = hash_hmac('sha256', "$id.$at.$body", base64_decode(substr($secret, 6)), true);
        return ['webhook-id' => $id, 'webhook-timestamp' => (string) $at, 'webhook-signature' => 'v1,' . base64_encode($mac)];
    }

    /** @return iterable<string, array{0: ?string, 1: array<string, mixed>, 2?: string, 3?: list<string>}> */
    public static function webhooks(): iterable
    {
        $good = self::sign(self::SECRET);
        $signature = $good['webhook-signature'];
        $with = fn (string $name, string $value): array => [$name => $value] + $good;
        yield 'of ours is believed' => [null, $good];
        yield 'signed with the old secret during a rotation' => [null, $good, self::BODY, [self::OTHER, self::SECRET]];
        $both = self::sign(self::OTHER)['webhook-signature'] . ' ' . $signature;
        yield 'signed with both' => [null, $with('webhook-signature', $both)];
        $both = $signature . ' ' . self::sign(self::OTHER)['webhook-signature'];
        yield 'signed with both, ours first' => [null, $with('webhook-signature', $both)];
        yield 'with an unknown signature beside ours' => [null, $with('webhook-signature', "v1a,abc $signature")];
        yield 'five minutes old' => [null, self::sign(self::SECRET, at: self::NOW - 300)];
        yield 'five minutes ahead' => [null, self::sign(self::SECRET, at: self::NOW + 300)];
        yield 'in $_SERVER' => [null, [
            'HTTP_WEBHOOK_ID' => 'evt_1', 'HTTP_WEBHOOK_TIMESTAMP' => (string) self::NOW, 'argc' => 0,
            'HTTP_WEBHOOK_SIGNATURE' => $signature,
        ]];
        yield 'of PSR-7' => [null, array_map(fn (string $v): array => [$v], array_combine(
            ['Webhook-Id', 'Webhook-Timestamp', 'Webhook-Signature'],
            array_values($good),
        ))];
        yield 'of a WP_REST_Request' => [null, array_map(fn (string $v): array => [$v], array_combine(
            ['webhook_id', 'webhook_timestamp', 'webhook_signature'],
            array_values($good),
        ))];
        yield 'of another sender' => ['no_match', self::sign(self::OTHER)];
        yield 'with a changed body' => ['no_match', $good, self::BODY . ' '];
        yield 'with a changed id' => ['no_match', $with('webhook-id', 'evt_2')];
        yield 'with a changed time' => ['no_match', $with('webhook-timestamp', (string) (self::NOW + 1))];
        yield 'with another version' => ['no_match', $with('webhook-signature', 'v2' . substr($signature, 2))];
        yield 'with a part of the signature' => ['no_match', $with('webhook-signature', substr($signature, 0, 20))];
        yield 'with garbage' => ['no_match', $with('webhook-signature', 'v1,%%% v1, v1')];
        yield 'too old' => ['too_old', self::sign(self::SECRET, at: self::NOW - 301)];
        yield 'too new' => ['too_new', self::sign(self::SECRET, at: self::NOW + 301)];
        yield 'with no time' => ['bad_timestamp', $with('webhook-timestamp', 'soon')];
        yield 'with a negative time' => ['bad_timestamp', $with('webhook-timestamp', '-1')];
        yield 'with a time beyond integers' => ['bad_timestamp', $with('webhook-timestamp', '99999999999999999999')];
        yield 'without a signature' => ['missing_header', $with('webhook-signature', '')];
        yield 'without headers' => ['missing_header', []];
        yield 'signed, and no JSON' => ['bad_body', self::sign(self::SECRET, body: '{'), '{'];
        yield 'signed, and no object' => ['bad_body', self::sign(self::SECRET, body: '1'), '1'];
        yield 'signed, and not of the contract' => ['bad_body', self::sign(self::SECRET, body: '{"id":1}'), '{"id":1}'];
        $long = str_repeat(' ', Webhooks::MAX_BYTES + 1);
        yield 'signed, and far too long' => ['too_large', self::sign(self::SECRET, body: $long), $long];
    }

    /**
     * @dataProvider webhooks
     *
     * @param array<string, mixed> $headers
     * @param list<string>         $secrets
     */
    public function testAWebhook(?string $problem, array $headers, string $body = self::BODY, array $secrets = [self::SECRET]): void
    {
        try {
            $event = (new Webhooks($secrets, clock: new FakeClock(self::NOW + 0.9)))->verify($body, $headers);
            self::assertNull($problem);
            self::assertSame('evt_1', $event->id);
        } catch (WebhookException $e) {
            self::assertSame($problem, $e->reason);
        }
    }

    /** The example of the scheme's own libraries: github.com/standard-webhooks/standard-webhooks. */
    public function testThePublishedExampleIsBelieved(): void
    {
        $headers = [
            'webhook-id' => 'msg_p5jXN8AQM9LWM0D4loKWxJek',
            'webhook-timestamp' => '1614265330',
            'webhook-signature' => 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
        ];
        $webhooks = new Webhooks([self::SECRET], clock: new FakeClock(1614265330));
        try {
            $webhooks->verify('{"test": 2432232314}', $headers);
            self::fail('its body is none of ours');
        } catch (WebhookException $e) {
            self::assertSame(WebhookException::BAD_BODY, $e->reason); // the signature was the first thing looked at
        }
    }

    public function testTheGoldenWebhooksAreRead(): void
    {
        foreach (['conversation.changed', 'conversation.started', 'message.created', 'order.changed'] as $type) {
            $body = Contract::example("webhook.$type");
            $event = (new Webhooks([self::SECRET], clock: new FakeClock(self::NOW)))->verify($body, self::sign(self::SECRET, body: $body));
            self::assertSame($type, $event->type);
            self::assertTrue($event->order !== null || $event->conversation !== null);
        }
    }

    public function testASecretThatIsNoneIsRefused(): void
    {
        foreach ([[], [''], ['whsec_'], ['whsec_%%%'], [self::SECRET, '']] as $secrets) {
            try {
                new Webhooks($secrets);
                self::fail('taken: ' . json_encode($secrets));
            } catch (ConfigurationException $e) {
                self::assertStringNotContainsString('%%%', $e->getMessage());
            }
        }
    }
}
