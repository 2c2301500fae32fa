<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of PrivacyState. A newer server may know more.
 */
final class PrivacyState
{
    public const PENDING = 'pending';
    public const DONE = 'done';
    public const FAILED = 'failed';
}
