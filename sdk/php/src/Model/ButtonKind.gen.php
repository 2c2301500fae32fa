<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of ButtonKind. A newer server may know more.
 */
final class ButtonKind
{
    public const URL = 'url';
    public const REPLY = 'reply';
    public const CART = 'cart';
}
