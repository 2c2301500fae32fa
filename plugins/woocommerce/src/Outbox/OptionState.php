<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

/** The state as an option that no page load reads. */
final class OptionState implements State
{
    public const OPTION = 'tagalong_chat_state';

    public function read(): array
    {
        $kept = get_option(self::OPTION, []);
        $kept = is_array($kept) ? $kept : [];
        return [
            'failures' => (int) ($kept['failures'] ?? 0),
            'until' => (int) ($kept['until'] ?? 0),
            'stopped' => (string) ($kept['stopped'] ?? ''),
            'error' => (string) ($kept['error'] ?? ''),
            'last' => (int) ($kept['last'] ?? 0),
        ];
    }

    public function write(array $state): void
    {
        update_option(self::OPTION, $state, false);
    }
}
