<?php

declare(strict_types=1);

namespace TagalongChat\Map;

/** Links of the shop. What is none is left out: the contract takes URLs only. */
final class Link
{
    public static function of(mixed $url): ?string
    {
        $good = is_string($url) && strlen($url) <= 2000 && preg_match('#^https?://[!-~]+$#Di', $url) === 1;
        return $good ? $url : null;
    }

    public static function withoutQuery(?string $url): ?string
    {
        return $url === null ? null : self::of((string) preg_replace('/[?#].*$/s', '', $url));
    }
}
