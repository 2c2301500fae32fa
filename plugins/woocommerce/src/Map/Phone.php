<?php

declare(strict_types=1);

namespace TagalongChat\Map;

/**
 * Phones as people type them at a checkout, in E.164 or not at all: a number that was guessed wrong reaches a stranger.
 *
 * A number with a country code is taken. One without is completed only where it fits the plan for mobile numbers of the country it
 * is billed to; everything else is left out. This is no library of numbering plans and does not try to be.
 */
final class Phone
{
    /** Country → its code, and its mobile numbers as they are dialled at home; the group is what follows the code (ITU-T E.164 plans). */
    private const MOBILE = [
        'AE' => ['971', '/^0(5\d{8})$/D'], 'AT' => ['43', '/^0(6[5-9]\d{7,10})$/D'], 'AU' => ['61', '/^0(4\d{8})$/D'],
        'BE' => ['32', '/^0(4\d{8})$/D'], 'BR' => ['55', '/^0?([1-9]{2}9\d{8})$/D'], 'CA' => ['1', '/^1?([2-9]\d{2}[2-9]\d{6})$/D'],
        'CH' => ['41', '/^0(7[5-9]\d{7})$/D'], 'DE' => ['49', '/^0(1[5-7]\d{8,9})$/D'], 'EG' => ['20', '/^0(1[0125]\d{8})$/D'],
        'ES' => ['34', '/^([67]\d{8})$/D'], 'FR' => ['33', '/^0([67]\d{8})$/D'], 'GB' => ['44', '/^0(7[1-57-9]\d{8})$/D'],
        'IE' => ['353', '/^0(8[35-9]\d{7})$/D'], 'IN' => ['91', '/^0?([6-9]\d{9})$/D'], 'IT' => ['39', '/^(3\d{9})$/D'],
        'NL' => ['31', '/^0(6\d{8})$/D'], 'NO' => ['47', '/^([49]\d{7})$/D'], 'NZ' => ['64', '/^0(2\d{7,9})$/D'],
        'PT' => ['351', '/^(9[1236]\d{7})$/D'], 'SA' => ['966', '/^0(5\d{8})$/D'], 'SE' => ['46', '/^0(7[02369]\d{7})$/D'],
        'US' => ['1', '/^1?([2-9]\d{2}[2-9]\d{6})$/D'],
    ];

    public static function e164(?string $typed, ?string $country): ?string
    {
        // "+49 (0)30 …": the zero in brackets is not dialled with the code.
        $digits = (string) preg_replace(['/^(\s*\+[^(]*)\(0\)/', '/[\s().\/-]/u'], ['$1', ''], $typed ?? '');
        if (preg_match('/^\+[1-9]\d{7,14}$/D', $digits) === 1) {
            return $digits;
        }
        [$code, $plan] = self::MOBILE[strtoupper($country ?? '')] ?? ['', null];
        return $plan !== null && preg_match($plan, $digits, $m) === 1 ? "+$code$m[1]" : null;
    }
}
