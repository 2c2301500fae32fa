<?php

declare(strict_types=1);

namespace TagalongChat;

/** A chat must not stop a sale: what goes wrong in a hook of the shop is logged, and the shop goes on. */
final class Guard
{
    /**
     * A hook's callback that throws nothing.
     *
     * @param callable(mixed...): void $do
     *
     * @return \Closure(mixed...): void
     */
    public static function hook(callable $do): \Closure
    {
        return static function (mixed ...$args) use ($do): void {
            try {
                $do(...$args);
            } catch (\Throwable $e) {
                // No message of the exception's: it may hold a buyer's data.
                error_log(sprintf('Tagalong Chat: %s in %s:%d', $e::class, basename($e->getFile()), $e->getLine()));
            }
        };
    }
}
