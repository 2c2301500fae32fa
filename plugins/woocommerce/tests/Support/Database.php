<?php

declare(strict_types=1);

namespace TagalongChat\Tests\Support;

/** A MariaDB of its own on a socket in a temporary folder, for as long as the tests run. */
final class Database
{
    private static ?self $one = null;

    /** @param resource $process */
    private function __construct(private readonly string $folder, private $process)
    {
    }

    /** Null where no MariaDB is installed. */
    public static function connect(): ?\wpdb
    {
        $program = self::program();
        if ($program === null || !extension_loaded('mysqli')) {
            return null;
        }
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        self::$one ??= self::start($program);
        $link = self::$one->link();
        $link->query('CREATE DATABASE IF NOT EXISTS plugin CHARACTER SET utf8mb4');
        $link->select_db('plugin');
        $link->set_charset('utf8mb4');
        require_once __DIR__ . '/wpdb.php';
        return new \wpdb($link);
    }

    private static function program(): ?string
    {
        foreach (['/usr/sbin/mariadbd', '/usr/local/sbin/mariadbd', '/usr/bin/mariadbd'] as $file) {
            if (is_executable($file)) {
                return $file;
            }
        }
        return null;
    }

    private static function start(string $program): self
    {
        $folder = sys_get_temp_dir() . '/tagalong-chat-' . bin2hex(random_bytes(6));
        mkdir("$folder/data", 0700, true);
        $user = posix_getpwuid(posix_geteuid())['name'] ?? 'nobody';
        $command = [
            $program, '--no-defaults', "--user=$user", "--datadir=$folder/data", "--socket=$folder/socket", '--skip-networking',
            '--skip-grant-tables', '--skip-log-bin', '--innodb-flush-method=nosync', '--innodb-buffer-pool-size=16M',
        ];
        $process = proc_open($command, [1 => ['file', "$folder/log", 'w'], 2 => ['file', "$folder/log", 'a']], $pipes);
        $one = new self($folder, $process);
        register_shutdown_function($one->stop(...));
        for ($end = microtime(true) + 60; !$one->answers();) {
            if (microtime(true) > $end || !proc_get_status($process)['running']) {
                throw new \RuntimeException('MariaDB does not start: ' . file_get_contents("$folder/log"));
            }
            usleep(20000); // the socket is there before anybody listens, and nothing tells when
        }
        return $one;
    }

    private function answers(): bool
    {
        try {
            return $this->link()->close();
        } catch (\mysqli_sql_exception) {
            return false;
        }
    }

    private function link(): \mysqli
    {
        return new \mysqli('localhost', 'root', '', '', 0, "$this->folder/socket");
    }

    private function stop(): void
    {
        proc_terminate($this->process);
        proc_close($this->process);
        $files = new \RecursiveDirectoryIterator($this->folder, \FilesystemIterator::SKIP_DOTS);
        foreach (new \RecursiveIteratorIterator($files, \RecursiveIteratorIterator::CHILD_FIRST) as $file) {
            $file->isDir() ? rmdir((string) $file) : unlink((string) $file);
        }
        rmdir($this->folder);
    }
}
