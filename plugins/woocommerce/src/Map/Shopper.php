<?php

declare(strict_types=1);

namespace TagalongChat\Map;

/** The id that the widget left with an order. Buyers can write there, so its form is checked. */
final class Shopper
{
    public const META = '_tagalong_shopper';
    public const CART_META = '_tagalong_cart';

    public static function id(mixed $value): ?string
    {
        return is_string($value) && preg_match('/^shp_[a-z2-7]{26}$/D', $value) === 1 ? $value : null;
    }

    /** The token of a cart, as {@see self::token()} makes them. */
    public static function cart(mixed $value): ?string
    {
        return is_string($value) && preg_match('/^[0-9a-f]{32}$/D', $value) === 1 ? $value : null;
    }

    /** Names what a key opens without being the key: an order's key opens its page, a session's opens the cart. */
    public static function token(string $secret): string
    {
        return substr(hash('sha256', "tagalong-chat:$secret"), 0, 32);
    }
}
