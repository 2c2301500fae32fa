<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of ConversationState. A newer server may know more.
 */
final class ConversationState
{
    public const OPEN = 'open';
    public const CLOSED = 'closed';
}
