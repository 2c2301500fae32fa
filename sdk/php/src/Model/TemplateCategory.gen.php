<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * How a provider classes, and charges for, a message. `service` is what is written freely within the window. A newer server may know
 * more.
 */
final class TemplateCategory
{
    public const SERVICE = 'service';
    public const UTILITY = 'utility';
    public const MARKETING = 'marketing';
    public const AUTHENTICATION = 'authentication';
}
