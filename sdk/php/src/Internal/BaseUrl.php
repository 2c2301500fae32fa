<?php

declare(strict_types=1);

namespace Tagalong\Internal;

use Tagalong\Exception\ConfigurationException;

/**
 * Where an installation is. The key goes there, so it must not go in the clear.
 *
 * @internal
 */
final class BaseUrl
{
    /** @throws ConfigurationException */
    public static function check(string $url, bool $allowHttp): string
    {
        $parts = parse_url($url);
        $host = is_array($parts) ? $parts['host'] ?? '' : '';
        if ($host === '' || !in_array($parts['scheme'] ?? '', ['https', 'http'], true) || preg_match('/^[!-\[\]-~]+$/D', $url) !== 1) {
            throw new ConfigurationException('the base URL must be like https://chat.example.com');
        }
        if (array_intersect_key($parts, ['user' => 0, 'pass' => 0, 'query' => 0, 'fragment' => 0]) !== []) {
            throw new ConfigurationException('the base URL must have no user, query or fragment');
        }
        if ($parts['scheme'] === 'http' && !$allowHttp && !self::isLoopback($host)) {
            throw new ConfigurationException('the base URL must begin with https: the key would travel in the clear');
        }
        return rtrim($url, '/');
    }

    private static function isLoopback(string $host): bool
    {
        return preg_match('/^(?:(?:.+\.)?localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/Di', $host) === 1;
    }
}
