<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * A note is seen by agents only. A newer server may know more.
 */
final class NewEntryKind
{
    public const MESSAGE = 'message';
    public const NOTE = 'note';
}
