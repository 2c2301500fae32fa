<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Plugins speak for software of the shop; the system speaks for Tagalong itself. A newer server may know more.
 */
final class AuthorKind
{
    public const SHOPPER = 'shopper';
    public const AGENT = 'agent';
    public const BOT = 'bot';
    public const PLUGIN = 'plugin';
    public const SYSTEM = 'system';
}
