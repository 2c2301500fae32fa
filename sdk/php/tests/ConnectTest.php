<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Client;
use Tagalong\Connect;
use Tagalong\Exception\ApiException;
use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Model\CustomerRef;
use Tagalong\Model\DataExport;
use Tagalong\Model\Redaction;
use Tagalong\Model\Scope;
use Tagalong\Options;
use Tagalong\Tests\Support\Contract;
use Tagalong\Tests\Support\FakeClock;
use Tagalong\Tests\Support\FakeTransport;

final class ConnectTest extends TestCase
{
    private const KEY = 'tgk_test_0123456789';

    /** With its challenge below the pair of RFC 7636, appendix B. */
    private const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

    public function testTheAddressCarriesTheChallengeAndNotTheVerifier(): void
    {
        $url = (new Connect('https://chat.example.com/'))->url(
            'https://shop.example/back?page=x',
            'state-1',
            self::VERIFIER,
            'My plugin',
            [Scope::CONTEXT_WRITE, Scope::CONTEXT_READ],
            identity: true,
            prefill: ['platform' => 'my-shop', 'shop_name' => 'Lia & Co'],
        );
        $this->assertStringStartsWith('https://chat.example.com/connect?', $url);
        $this->assertStringNotContainsString(self::VERIFIER, $url);
        parse_str((string) parse_url($url, PHP_URL_QUERY), $query);
        $this->assertSame([
            'name' => 'My plugin',
            'return_url' => 'https://shop.example/back?page=x',
            'state' => 'state-1',
            'code_challenge' => 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
            'code_challenge_method' => 'S256',
            'scopes' => 'context:write context:read',
            'identity' => '1',
            'platform' => 'my-shop',
            'shop_name' => 'Lia & Co',
        ], $query);
    }

    public function testSecretsAreVerifiersOfTheirKindAndNeverTheSame(): void
    {
        $this->assertMatchesRegularExpression('/^[A-Za-z0-9_-]{43}$/D', Connect::secret());
        $this->assertNotSame(Connect::secret(), Connect::secret());
    }

    public function testACodeIsExchangedOnceAndWithoutACredential(): void
    {
        $answer = Contract::example('exchangeConnectCode.response');
        $transport = new FakeTransport(FakeTransport::json($answer));
        $connection = $this->connect($transport)->redeem('code-1', self::VERIFIER, 'https://shop.example/back');

        $expected = json_decode($answer, true);
        $this->assertSame($expected['plugin_key']['key'], $connection->pluginKey->key);
        $this->assertSame($expected['loader_url'], $connection->loaderUrl);
        [$request] = $transport->requests;
        $this->assertSame('POST https://chat.example.com/v1/connect/token', "$request->method $request->url");
        $this->assertArrayNotHasKey('Authorization', $request->headers());
        $this->assertSame([], Contract::problems(json_decode((string) $request->body), 'ConnectCode'));
    }

    public function testACodeThatFailedIsNotTriedAgain(): void
    {
        $transport = new FakeTransport(FakeTransport::problem(503, 'unavailable'));
        try {
            $this->connect($transport)->redeem('code-1', self::VERIFIER, 'https://shop.example/back');
            $this->fail('no exception');
        } catch (ApiException $e) {
            $this->assertCount(1, $transport->requests);
            $this->assertStringNotContainsString('code-1', $e->getMessage());
        }
    }

    public function testAnAnswerWithoutAKeyIsNone(): void
    {
        $this->expectException(BadAnswerException::class);
        $this->connect(new FakeTransport(FakeTransport::json(['shop' => []])))->redeem('c', 'v', 'https://shop.example/back');
    }

    public function testNothingGoesInTheClear(): void
    {
        $this->expectException(ConfigurationException::class);
        new Connect('http://chat.example.com');
    }

    public function testAPluginSaysGoodbye(): void
    {
        $transport = new FakeTransport(FakeTransport::json('', 204));
        $this->client($transport)->disconnect();
        $this->assertSame('DELETE https://chat.example.com/v1/plugin-key', self::line($transport));
    }

    public function testAKeyTellsWhatItIsFor(): void
    {
        $transport = new FakeTransport(FakeTransport::json(Contract::example('getOwnPluginKey.response')));
        $this->assertStringStartsWith('shop_', $this->client($transport)->ownKey()->shop->id);
        $this->assertSame('GET https://chat.example.com/v1/plugin-key', self::line($transport));
    }

    public function testPrivacyRequestsAreThoseOfTheContract(): void
    {
        $answer = FakeTransport::json(Contract::example('redactPersonalData.response'), 202);
        $transport = new FakeTransport(FakeTransport::problem(503, 'unavailable'), $answer);
        $done = $this->client($transport)->redact(new Redaction(customer: new CustomerRef(email: 'lia@example.org'), reference: 'r-1'));
        $this->assertStringStartsWith('prv_', $done->id);
        $this->assertCount(2, $transport->requests, 'repeated: the reference makes it harmless');
        $this->assertSame([], Contract::problems(json_decode((string) $transport->requests[0]->body), 'Redaction'));

        $transport = new FakeTransport(FakeTransport::problem(503, 'unavailable'), $answer);
        try {
            $this->client($transport)->redact(new Redaction(orders: ['16']));
            $this->fail('no exception');
        } catch (ApiException) {
            $this->assertCount(1, $transport->requests, 'without a reference a repeat would be a second request');
        }

        $transport = new FakeTransport($answer);
        $this->client($transport)->exportData(new DataExport(new CustomerRef(email: 'lia@example.org')));
        $this->assertStringEndsWith('/privacy/export', self::line($transport));
        $this->client($transport)->privacyRequest($done->id);
        $this->assertStringEndsWith("/privacy/$done->id", $transport->requests[1]->url);
    }

    private function connect(FakeTransport $transport): Connect
    {
        return new Connect('https://chat.example.com', new Options(transport: $transport, clock: new FakeClock()));
    }

    private function client(FakeTransport $transport): Client
    {
        $options = new Options(transport: $transport, clock: new FakeClock());
        return new Client('https://chat.example.com', 'shop_' . str_repeat('a', 26), self::KEY, $options);
    }

    private static function line(FakeTransport $transport): string
    {
        return "{$transport->requests[0]->method} {$transport->requests[0]->url}";
    }
}
