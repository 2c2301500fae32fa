<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Client;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\NotFoundException;
use Tagalong\Exception\RequestException;
use Tagalong\Http\CurlTransport;
use Tagalong\Options;
use Tagalong\Tests\Support\Server;
use Tagalong\Tests\Support\World;

/** Real requests to real servers, well-behaved and not. */
final class CurlTransportTest extends TestCase
{
    private static ?Server $web = null;
    private static string $log;

    public static function setUpBeforeClass(): void
    {
        self::$log = (string) tempnam(sys_get_temp_dir(), 'tagalong-php-');
        self::$web = Server::web(__DIR__ . '/Support/echo.php', ['LOG' => self::$log, 'ELSEWHERE' => '/stolen']);
    }

    public static function tearDownAfterClass(): void
    {
        self::$web?->stop();
        self::$web = null;
        unlink(self::$log);
    }

    protected function setUp(): void
    {
        file_put_contents(self::$log, '');
    }

    /** @param array<string, mixed> $options */
    private static function client(string $url, array $options = []): Client
    {
        return new Client($url, World::SHOP, World::KEY, new Options(...$options + [
            'retries' => 0, 'deadline' => 20.0, 'random' => fn (): float => 0.0, 'userAgent' => 'my-plugin/1.2',
        ]));
    }

    /** @return list<array<string, mixed>> what the web server was asked */
    private static function asked(): array
    {
        return array_map(fn (string $line): array => json_decode($line, true), file(self::$log, FILE_SKIP_EMPTY_LINES) ?: []);
    }

    public function testARequestArrivesAsItWasMeant(): void
    {
        $client = self::client(self::$web->url());
        $asked = $client->request('PUT', ['a/b', 'ä'], ['q' => '1 &2'], ['text' => 'Grüße'], 'key-1');
        self::assertSame('PUT', $asked['method']);
        self::assertSame('/v1/shops/' . World::SHOP . '/a%2Fb/%C3%A4?q=1%20%262', $asked['uri']);
        self::assertSame('{"text":"Grüße"}', $asked['body']);
        $headers = $asked['headers'];
        self::assertSame('Bearer ' . World::KEY, $headers['authorization']);
        self::assertSame(['application/json', 'application/json', 'key-1'], [
            $headers['accept'], $headers['content-type'], $headers['idempotency-key'],
        ]);
        self::assertStringStartsWith('my-plugin/1.2 tagalong-php/', $headers['user-agent']);
        self::assertArrayNotHasKey('expect', $headers);
        self::assertArrayNotHasKey('accept-encoding', $headers);
    }

    public function testRequestsDoNotInheritFromEachOther(): void
    {
        $client = self::client(self::$web->url());
        $client->request('POST', ['a'], [], ['x' => 1], 'key-1');
        $second = $client->request('GET', ['b']);
        self::assertSame(['GET', ''], [$second['method'], $second['body']]);
        self::assertArrayNotHasKey('idempotency-key', $second['headers']);
        self::assertArrayNotHasKey('content-type', $second['headers']);
    }

    public function testALargeBodyGoesWhole(): void
    {
        $body = ['text' => str_repeat('x', 2_000_000)];
        $asked = self::client(self::$web->url())->request('POST', ['a'], [], $body, 'k');
        self::assertSame(json_encode($body), $asked['body']);
        self::assertArrayNotHasKey('expect', $asked['headers']);
    }

    public function testARedirectIsNotFollowed(): void
    {
        try {
            self::client(self::$web->url())->request('GET', ['redirect']);
            self::fail('followed');
        } catch (RequestException $e) {
            self::assertSame([307, 'http_307'], [$e->status, $e->errorCode]);
        }
        self::assertCount(1, self::asked());
    }

    public function testAnAnswerIsRepeatedUntilItIsOne(): void
    {
        self::assertSame([], self::client(self::$web->url(), ['retries' => 4])->request('POST', ['busy'], [], ['x' => 1], 'key-1'));
        self::assertSame(['key-1', 'key-1', 'key-1'], array_map(fn (array $a): string => $a['headers']['idempotency-key'], self::asked()));
    }

    public function testALargeAnswerIsCutOff(): void
    {
        self::assertSame(100_000, strlen(self::client(self::$web->url())->request('GET', ['large'])));
        self::fails('answer_too_large', self::$web->url(), ['maxAnswerBytes' => 50_000], ['large']);
    }

    /** @return iterable<string, array{string, string}> */
    public static function trouble(): iterable
    {
        yield 'it hangs up' => ['drop', 'no_answer'];
        yield 'it hangs up in the middle' => ['half', 'no_answer'];
        yield 'it speaks something else' => ['garbage', 'no_answer'];
        yield 'it does not answer' => ['hang', 'timeout'];
        yield 'its answer does not end' => ['endless', 'answer_too_large'];
        yield 'its headers do not end' => ['endless-headers', 'answer_too_large'];
    }

    /**
     * @dataProvider trouble
     */
    public function testTrouble(string $mode, string $code): void
    {
        self::fails($code, Server::raw($mode), ['timeout' => $mode === 'hang' ? 0.2 : 10.0]);
    }

    public function testNobodyIsThere(): void
    {
        $server = Server::raw('drop');
        $server->stop();
        self::fails('no_answer', $server);
    }

    public function testTheDeadlineEndsARequestToo(): void
    {
        self::fails('deadline', Server::raw('hang'), ['deadline' => 0.2, 'retries' => 9]);
    }

    public function testAnInterimAnswerIsNotTheAnswer(): void
    {
        $server = Server::raw('interim');
        try {
            self::client($server->url())->request('GET', ['a']);
            self::fail('succeeded');
        } catch (NotFoundException $e) {
            self::assertNull($e->requestId);
        }
    }

    public function testTheFirstOfTwoHeadersCounts(): void
    {
        $server = Server::raw('twice');
        try {
            self::client($server->url())->request('GET', ['a']);
            self::fail('succeeded');
        } catch (RequestException $e) {
            self::assertSame(60.0, $e->retryAfter);
        }
    }

    public function testACertificateThatNobodyVouchesForIsRefused(): void
    {
        $good = self::certificate('localhost');
        $server = Server::raw('tls', $good);
        self::fails('insecure', $server->url('https'), ['retries' => 3, 'onRetry' => fn () => self::fail('tried again')]);

        $trusting = new CurlTransport($good);
        self::assertSame([], self::client($server->url('https'), ['transport' => $trusting])->request('GET', ['a']));
        unlink($good);
    }

    public function testACertificateOfAnotherHostIsRefused(): void
    {
        $other = self::certificate('elsewhere.example');
        $server = Server::raw('tls', $other);
        self::fails('insecure', $server->url('https'), ['transport' => new CurlTransport($other)]);
        unlink($other);
    }

    public function testAMissingFileOfCertificatesIsNoticedAtOnce(): void
    {
        $this->expectException(ConfigurationException::class);
        new CurlTransport('/nowhere/ca.pem');
    }

    /**
     * @param array<string, mixed> $options
     * @param list<string>         $path
     */
    private static function fails(string $code, Server|string $server, array $options = [], array $path = ['a']): void
    {
        $url = is_string($server) ? $server : $server->url();
        try {
            self::client($url, $options + ['maxAnswerBytes' => 200_000])->request('GET', $path);
            self::fail('succeeded');
        } catch (RequestException $e) {
            self::assertSame($code, $e->errorCode, $e->getMessage());
            self::assertSame(0, $e->status);
        }
    }

    /** A certificate and its key in one file, signed by itself. */
    private static function certificate(string $host): string
    {
        $config = (string) tempnam(sys_get_temp_dir(), 'tagalong-php-');
        file_put_contents($config, "[req]\ndistinguished_name=dn\n[dn]\n[ext]\nsubjectAltName=DNS:$host\nbasicConstraints=CA:true\n");
        $options = ['config' => $config, 'x509_extensions' => 'ext', 'digest_alg' => 'sha256', 'private_key_bits' => 2048];
        $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1'] + $options);
        $certificate = openssl_csr_sign(openssl_csr_new(['CN' => $host], $key, $options), null, $key, 1, $options);
        openssl_x509_export($certificate, $pem);
        openssl_pkey_export($key, $keyPem, null, $options);
        file_put_contents($config, $pem . $keyPem);
        return $config;
    }
}
