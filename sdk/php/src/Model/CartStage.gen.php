<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of CartStage. A newer server may know more.
 */
final class CartStage
{
    public const CART = 'cart';
    public const CHECKOUT = 'checkout';
}
