<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * How something travels. A newer server may know more.
 */
final class Channel
{
    public const WEB = 'web';
    public const WHATSAPP = 'whatsapp';
    public const MESSENGER = 'messenger';
    public const INSTAGRAM = 'instagram';
    public const EMAIL = 'email';
    public const SMS = 'sms';
}
