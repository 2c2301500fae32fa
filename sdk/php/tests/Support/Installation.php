<?php

declare(strict_types=1);

namespace Tagalong\Tests\Support;

use Tagalong\Client;
use Tagalong\Options;

/** The real server, set up and running on a free port, with the requests of an owner and a shopper. */
final class Installation
{
    private const PASSWORD = 'test-password-owner';

    public readonly string $url;
    public readonly string $shop;
    public readonly string $shopKey;
    public readonly string $pluginKey;
    private readonly string $data;
    private readonly Server $server;
    private readonly string $cookie;

    /** The built program: TAGALONG_BINARY, or what `make build` has made; null where there is none. */
    public static function binary(): ?string
    {
        $binary = getenv('TAGALONG_BINARY') ?: dirname(__DIR__, 4) . '/bin/tagalong';
        return is_executable($binary) ? $binary : null;
    }

    public function __construct(string $binary)
    {
        $this->data = sys_get_temp_dir() . '/tagalong-php-' . bin2hex(random_bytes(8));
        $port = self::freePort();
        $this->url = "http://localhost:$port";
        $common = ['-data', $this->data, '-addr', "127.0.0.1:$port", '-public-url', $this->url];
        $installed = self::setup([$binary, 'setup', '-json', ...$common]);
        [$this->shop, $this->shopKey, $this->pluginKey] = [$installed['shop'], $installed['shop_key'], $installed['plugin_key']];
        $this->server = new Server([$binary, 'serve', '-log-level', 'info', ...$common], '~127\.0\.0\.1:(\d+)~');
        $this->awaitReadiness();
        $token = substr(strstr($installed['owner_link'], '#/reset/'), 8);
        $this->call('POST', '/v1/password-resets/complete', ['token' => $token, 'password' => self::PASSWORD]);
        $this->cookie = $this->signIn();
    }

    /** @param array<string, mixed> $options */
    public function client(array $options = []): Client
    {
        return new Client($this->url, $this->shop, $this->pluginKey, new Options(...$options));
    }

    /**
     * @param array<mixed>|null     $body
     * @param array<string, string> $headers
     *
     * @return array<mixed> the answer; fails for anything but success
     */
    public function call(string $method, string $path, ?array $body = null, array $headers = []): array
    {
        [, $json] = $this->exchange($method, $path, $body, $headers);
        return $json;
    }

    /** @return array<mixed> */
    public function asOwner(string $method, string $path, ?array $body = null): array
    {
        return $this->call($method, $path, $body, ['Cookie' => $this->cookie]);
    }

    public function stop(): void
    {
        $this->server->stop();
        exec('rm -rf ' . escapeshellarg($this->data));
    }

    /** @return array{list<string>, array<mixed>} */
    private function exchange(string $method, string $path, ?array $body, array $headers): array
    {
        $lines = ["Origin: $this->url", 'Content-Type: application/json'];
        foreach ($headers as $name => $value) {
            $lines[] = "$name: $value";
        }
        $http = ['method' => $method, 'header' => $lines, 'ignore_errors' => true, 'timeout' => 20];
        $http += $body === null ? [] : ['content' => json_encode((object) $body)];
        $answer = file_get_contents($this->url . $path, false, stream_context_create(['http' => $http]));
        if (preg_match('~^HTTP/\S+ 2~', $http_response_header[0] ?? '') !== 1) {
            throw new \RuntimeException("$method $path: " . ($http_response_header[0] ?? 'no answer') . " $answer");
        }
        return [$http_response_header, (array) json_decode((string) $answer, true)];
    }

    private function signIn(): string
    {
        [$headers] = $this->exchange('POST', '/v1/agent/login', ['email' => 'owner@shop.example', 'password' => self::PASSWORD], []);
        preg_match('~^Set-Cookie: (__Host-tagalong=[^;]+)~mi', implode("\n", $headers), $m);
        return $m[1];
    }

    /**
     * @param list<string> $command
     *
     * @return array<string, string>
     */
    private static function setup(array $command): array
    {
        $more = ['-merchant', 'Merchant', '-shop', 'Shop', '-origins', 'http://shop.localhost:3000', '-currency', 'EUR'];
        $all = [...$command, ...$more, '-email', 'owner@shop.example'];
        exec(implode(' ', array_map(escapeshellarg(...), $all)) . ' 2>&1', $out, $code);
        $installed = json_decode(implode("\n", $out), true);
        if ($code !== 0 || !is_array($installed)) {
            throw new \RuntimeException("setup: $code\n" . implode("\n", $out));
        }
        return $installed;
    }

    private function awaitReadiness(): void
    {
        for ($end = microtime(true) + 20; @file_get_contents("$this->url/readyz") === false; usleep(10_000)) {
            if (microtime(true) > $end) {
                throw new \RuntimeException('the server is not ready after 20 s');
            }
        }
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int) substr((string) strrchr((string) stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);
        return $port;
    }
}
