<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * `applied`; `duplicate` (this id, or this very state, was seen before); `stale` (a newer state is known); `invalid` (see `error`;
 * sending it again will not help). A newer server may know more.
 */
final class EventOutcome
{
    public const APPLIED = 'applied';
    public const DUPLICATE = 'duplicate';
    public const STALE = 'stale';
    public const INVALID = 'invalid';
}
