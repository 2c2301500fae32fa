<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * What a plugin key may do. A newer server may know more.
 */
final class Scope
{
    public const CONTEXT:WRITE = 'context:write';
    public const CONTEXT:READ = 'context:read';
    public const CONVERSATIONS:READ = 'conversations:read';
    public const CONVERSATIONS:WRITE = 'conversations:write';
    public const WEBHOOKS:WRITE = 'webhooks:write';
}
