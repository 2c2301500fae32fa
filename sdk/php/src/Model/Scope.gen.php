<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * What a plugin key may do. A newer server may know more.
 */
final class Scope
{
    public const CONTEXT_WRITE = 'context:write';
    public const CONTEXT_READ = 'context:read';
    public const CONVERSATIONS_READ = 'conversations:read';
    public const CONVERSATIONS_WRITE = 'conversations:write';
    public const WEBHOOKS_WRITE = 'webhooks:write';
}
