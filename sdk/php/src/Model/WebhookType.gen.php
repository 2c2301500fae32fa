<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * What happened; the section `webhooks` says what each carries. `ping` comes without being subscribed to. A newer server may know
 * more.
 */
final class WebhookType
{
    public const CONVERSATION_STARTED = 'conversation.started';
    public const CONVERSATION_CHANGED = 'conversation.changed';
    public const MESSAGE_CREATED = 'message.created';
    public const HANDOFF_CHANGED = 'handoff.changed';
    public const ORDER_CHANGED = 'order.changed';
    public const ORDER_LINKED = 'order.linked';
    public const CART_ABANDONED = 'cart.abandoned';
    public const SHOPPER_IDENTIFIED = 'shopper.identified';
    public const PING = 'ping';
}
