<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * `snapshot` (where absent): the object as it is now, absent fields are empty. `patch`: absent fields stay as they were, lists that
 * are present replace the old ones whole, and `clear` names fields to empty. Patches are folded by their version onto the last
 * snapshot below them, so they may come in any order. A newer server may know more.
 */
final class EventMode
{
    public const SNAPSHOT = 'snapshot';
    public const PATCH = 'patch';
}
