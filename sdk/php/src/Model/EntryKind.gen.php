<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * A note and most events are for agents only; an amend names the entry that it changes. A newer server may know more.
 */
final class EntryKind
{
    public const MESSAGE = 'message';
    public const NOTE = 'note';
    public const EVENT = 'event';
    public const AMEND = 'amend';
}
