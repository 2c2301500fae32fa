<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use PHPUnit\Framework\TestCase;

/** The conformance kit, played against the receiver as a process: repeats, reorderings, forgeries, a Tagalong that is down. */
final class KitTest extends TestCase
{
    public function testTheReceiverStandsTheKit(): void
    {
        $binary = getenv('TAGALONG_BINARY') ?: __DIR__ . '/../../../../bin/tagalong';
        exec(escapeshellarg($binary) . ' plugin check -h 2>&1', $help);
        if (!is_executable($binary) || !str_contains(implode("\n", $help), 'plugin check plays')) {
            $this->markTestSkipped('bin/tagalong is not built, or too old for "plugin check"');
        }
        $folder = sys_get_temp_dir() . '/tagalong-kit-' . bin2hex(random_bytes(6));
        $address = '127.0.0.1:' . self::freePort();
        $scripts = __DIR__ . '/../../scripts';
        exec(implode(' ', array_map('escapeshellarg', [PHP_BINARY, "$scripts/kit.php", $folder])));
        $check = [
            $binary, 'plugin', 'check', '--json', '--listen', '127.0.0.1:0', '--url', "http://$address", '--cases', $folder,
            '--', "$scripts/receiver", $address,
        ];
        exec(implode(' ', array_map('escapeshellarg', $check)) . ' 2>/dev/null', $out, $code);
        exec('rm -rf ' . escapeshellarg($folder));
        $report = json_decode(implode("\n", $out), true);
        $this->assertIsArray($report, implode("\n", $out));
        $bad = array_filter($report['situations'], static fn (array $one): bool => $one['outcome'] === 'fail');
        $this->assertSame([], $bad);
        $this->assertSame(0, $code);
        $this->assertGreaterThan(14, count($report['situations']));
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int) explode(':', (string) stream_socket_get_name($socket, false))[1];
        fclose($socket);
        return $port;
    }
}
