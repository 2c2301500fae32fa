<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of PrivacyKind. A newer server may know more.
 */
final class PrivacyKind
{
    public const REDACT = 'redact';
    public const EXPORT = 'export';
}
