<?php

// Receives Tagalong's webhooks. TAGALONG_WEBHOOK_SECRETS holds the active secrets, separated by spaces: two during a rotation.

require __DIR__ . '/../autoload.php';

use Tagalong\Exception\WebhookException;
use Tagalong\Webhooks;

$webhooks = new Webhooks(explode(' ', getenv('TAGALONG_WEBHOOK_SECRETS')));
try {
    $event = $webhooks->verify(file_get_contents('php://input'), $_SERVER);
} catch (WebhookException $e) {
    error_log($e->getMessage());
    http_response_code(401);
    exit;
}
// Deliveries repeat: remember $event->id, and do nothing for one that you know. Anything but 2xx is delivered again.
error_log("$event->type of shop $event->shop");
http_response_code(204);
