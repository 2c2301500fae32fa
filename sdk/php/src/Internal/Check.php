<?php

declare(strict_types=1);

namespace Tagalong\Internal;

use Tagalong\Exception\ConfigurationException;

/**
 * What PHP's own types cannot say of a parameter.
 *
 * @internal
 */
final class Check
{
    /**
     * @param array<mixed>|null   $list
     * @param class-string|string $of   a class, or "string"
     *
     * @throws ConfigurationException
     */
    public static function listOf(?array $list, string $of, string $name): void
    {
        if ($list === null) {
            return;
        }
        if (!array_is_list($list)) {
            throw new ConfigurationException("$name must be a list; use array_values");
        }
        foreach ($list as $i => $item) {
            if ($of === 'string' ? !is_string($item) : !$item instanceof $of) {
                throw new ConfigurationException("{$name}[$i] must be a $of, not " . get_debug_type($item));
            }
        }
    }
}
