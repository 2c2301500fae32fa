<?php

/** An installation for the examples: it answers what the golden examples say, and writes what came to the file in LOG. */

declare(strict_types=1);

$examples = __DIR__ . '/../../../../openapi/examples';
$body = (string) file_get_contents('php://input');
file_put_contents((string) getenv('LOG'), json_encode(['uri' => $_SERVER['REQUEST_URI'], 'body' => $body]) . "\n", FILE_APPEND);
header('Content-Type: application/json');

$asked = $_SERVER['REQUEST_METHOD'] . ' ' . preg_replace('~^/v1/shops/[^/]+|\?.*~', '', $_SERVER['REQUEST_URI']);
switch (preg_replace('~cnv_\w+~', '{id}', $asked)) {
    case 'POST /events':
        $events = json_decode($body, true)['events'];
        if (($events[0]['order']['external_id'] ?? '') === 'refused') {
            http_response_code(401);
            echo '{"status":401,"code":"invalid_token","message":"The key is unknown or revoked.","request_id":"req_1"}';
            break;
        }
        echo json_encode(['results' => array_map(fn (array $e): array => ['id' => $e['id'], 'outcome' => 'applied'], $events)]);
        break;
    case 'GET /orders/1001':
        echo '{"external_id":"1001","totals":{"total":{"amount":4980,"currency":"EUR"}}}';
        break;
    case 'GET /conversations':
        $list = json_decode((string) file_get_contents("$examples/listConversations.response.json"), true);
        unset($list['next']);
        echo json_encode($list);
        break;
    case 'POST /conversations/{id}/entries':
        http_response_code(201);
        readfile("$examples/postEntry.response.json");
        break;
    case 'POST /v1/connect/token':
        readfile("$examples/exchangeConnectCode.response.json");
        break;
    default:
        http_response_code(404);
        echo '{"status":404,"code":"not_found","message":"There is no such thing.","request_id":"req_1"}';
}
