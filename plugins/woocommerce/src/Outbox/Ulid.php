<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

/** Ids that sort by time: 48 bits of milliseconds and 80 random ones in Crockford's base 32 (github.com/ulid/spec). */
final class Ulid
{
    private const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

    public static function make(\DateTimeInterface $at, ?string $random = null): string
    {
        $millis = (int) $at->format('U') * 1000 + (int) $at->format('v');
        $bytes = substr(pack('J', $millis), 2) . ($random ?? random_bytes(10));
        $bits = '00'; // 128 bits in 26 letters of 5
        foreach (str_split($bytes) as $byte) {
            $bits .= str_pad(decbin(ord($byte)), 8, '0', STR_PAD_LEFT);
        }
        $letters = array_map(static fn (string $five): string => self::ALPHABET[bindec($five)], str_split($bits, 5));
        return implode('', $letters);
    }
}
