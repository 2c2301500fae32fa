<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Only the author edits or revokes. A newer server may know more.
 */
final class AmendAction
{
    public const EDIT = 'edit';
    public const REVOKE = 'revoke';
    public const REACT = 'react';
}
