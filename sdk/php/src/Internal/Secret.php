<?php

declare(strict_types=1);

namespace Tagalong\Internal;

/**
 * A value that is not in any property, so that no var_dump, var_export, log or error tracker that walks through objects finds it.
 *
 * @internal
 */
final class Secret
{
    /** @var \WeakMap<self, string>|null */
    private static ?\WeakMap $values = null;

    public function __construct(#[\SensitiveParameter] string $value)
    {
        self::$values ??= new \WeakMap();
        self::$values[$this] = $value;
    }

    public function reveal(): string
    {
        return self::$values[$this];
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['value' => '[redacted]'];
    }

    public function __serialize(): array
    {
        throw new \LogicException('A secret is not to be stored.');
    }

    private function __clone()
    {
    }
}
