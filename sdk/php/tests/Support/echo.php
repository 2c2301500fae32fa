<?php

/** Answers with what it was asked, or as the last part of the path says; writes what came to the file in LOG. */

declare(strict_types=1);

$asked = [
    'method' => $_SERVER['REQUEST_METHOD'],
    'uri' => $_SERVER['REQUEST_URI'],
    'headers' => array_change_key_case(getallheaders()),
    'body' => file_get_contents('php://input'),
];
file_put_contents((string) getenv('LOG'), json_encode($asked) . "\n", FILE_APPEND | LOCK_EX);

switch (basename(strtok($_SERVER['REQUEST_URI'], '?'))) {
    case 'redirect':
        header('Location: ' . getenv('ELSEWHERE'), true, 307);
        break;
    case 'large':
        echo '"', str_repeat('x', 100_000), '"';
        break;
    case 'busy':
        $times = count(file((string) getenv('LOG')));
        http_response_code($times < 3 ? 503 : 200);
        echo '{}';
        break;
    default:
        header('Content-Type: application/json');
        header('X-Request-Id: r-1');
        echo json_encode($asked);
}
