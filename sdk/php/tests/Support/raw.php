<?php

/** Serves on a free port, which it prints, and answers in the way that its first argument names. */

declare(strict_types=1);

[, $mode, $certificate] = $argv;
$context = stream_context_create(['ssl' => ['local_cert' => $certificate]]);
$scheme = $mode === 'tls' ? 'ssl' : 'tcp';
$server = stream_socket_server("$scheme://127.0.0.1:0", $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
echo substr(strrchr(stream_socket_get_name($server, false), ':'), 1), "\n";

$ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
$kept = []; // connections that are left without an answer
while (true) {
    $connection = @stream_socket_accept($server, -1);
    if ($connection === false) { // a handshake that came to nothing
        continue;
    }
    while (($line = fgets($connection)) !== false && trim($line) !== '') {
        // the request is of no interest
    }
    if ($mode === 'hang') {
        $kept[] = $connection;
        continue;
    }
    fwrite($connection, match ($mode) {
        'tls' => $ok,
        'half' => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":",
        'garbage' => "SSH-2.0-OpenSSH_9.2\r\n",
        'interim' => "HTTP/1.1 103 Early Hints\r\nX-Request-Id: early\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        'twice' => "HTTP/1.1 429 Wait\r\nRetry-After: 60\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n",
        default => '',
    });
    if ($mode === 'endless-headers') {
        fwrite($connection, "HTTP/1.1 200 OK\r\n");
    }
    for ($i = 0; $mode === 'endless-headers' && $i < 100_000; $i++) {
        if (!@fwrite($connection, "X-$i: " . str_repeat('x', 100) . "\r\n")) {
            break;
        }
    }
    for ($i = 0; $mode === 'endless' && $i < 100_000; $i++) {
        $i || fwrite($connection, "HTTP/1.1 200 OK\r\n\r\n");
        if (!@fwrite($connection, str_repeat(' ', 8192))) {
            break;
        }
    }
    fclose($connection);
}
