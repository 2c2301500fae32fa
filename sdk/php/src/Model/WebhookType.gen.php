<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of WebhookType. A newer server may know more.
 */
final class WebhookType
{
    public const CONVERSATION_STARTED = 'conversation.started';
    public const CONVERSATION_CHANGED = 'conversation.changed';
    public const MESSAGE_CREATED = 'message.created';
    public const ORDER_CHANGED = 'order.changed';
}
