<?php

declare(strict_types=1);

namespace Tagalong\Tests\Support;

/** A process of ours that serves something on a free port until it is stopped. */
final class Server
{
    /** @var resource */
    private $process;
    public readonly int $port;

    /**
     * @param list<string>          $command
     * @param string                $ready   pattern of what it prints once it listens; its first group is the port
     * @param array<string, string> $env
     */
    public function __construct(array $command, string $ready, array $env = [])
    {
        // Its output goes to a file: a pipe that nobody empties would stop it.
        $log = tempnam(sys_get_temp_dir(), 'tagalong-php-');
        $out = ['file', $log, 'a'];
        $this->process = proc_open($command, [['file', '/dev/null', 'r'], $out, $out], $pipes, null, $env + getenv());
        for ($end = microtime(true) + 20; !preg_match($ready, (string) file_get_contents($log), $m); usleep(2000)) {
            if (microtime(true) > $end || !proc_get_status($this->process)['running']) {
                $this->stop();
                throw new \RuntimeException("it does not serve:\n" . file_get_contents($log));
            }
        }
        unlink($log);
        $this->port = (int) $m[1];
    }

    /** PHP's own web server with a script. */
    public static function web(string $script, array $env = []): self
    {
        return new self([PHP_BINARY, '-S', '127.0.0.1:0', $script], '~127\.0\.0\.1:(\d+)\) started~', $env);
    }

    /** A server that answers each connection with something no web server would; see raw.php. */
    public static function raw(string $mode, string $certificate = ''): self
    {
        return new self([PHP_BINARY, __DIR__ . '/raw.php', $mode, $certificate], '~^(\d+)$~m');
    }

    public function url(string $scheme = 'http'): string
    {
        return "$scheme://localhost:$this->port";
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, 9);
            proc_close($this->process);
        }
    }

    public function __destruct()
    {
        $this->stop();
    }
}
