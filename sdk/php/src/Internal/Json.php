<?php

declare(strict_types=1);

namespace Tagalong\Internal;

/**
 * JSON as the contract wants it.
 *
 * @internal
 */
final class Json
{
    /** How deep JSON may be nested; the contract needs 12. */
    public const DEPTH = 64;

    // A product's title in a broken encoding must not hold up an order: what is no UTF-8 becomes U+FFFD.
    private const FLAGS = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;

    /** @throws \JsonException */
    public static function encode(mixed $value): string
    {
        return json_encode($value, self::FLAGS, self::DEPTH);
    }

    /** @throws \JsonException */
    public static function decode(string $text): mixed
    {
        return json_decode($text, true, self::DEPTH, JSON_THROW_ON_ERROR);
    }

    /**
     * An object without the fields that are null.
     *
     * @param array<string, mixed> $fields
     */
    public static function object(array $fields): object
    {
        return (object) array_filter($fields, static fn (mixed $value): bool => $value !== null);
    }

    /**
     * Keeps an empty map from becoming an empty list, and `["0" => …]` from becoming one of one.
     *
     * @param array<string, string>|null $map
     */
    public static function map(?array $map): ?object
    {
        return $map === null ? null : (object) $map;
    }
}
