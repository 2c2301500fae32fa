<?php

/**
 * Makes a .mo of a .po (GNU gettext's binary form), so that nobody needs gettext to build: `php mo.php in.po out.mo`. Fuzzy and
 * obsolete entries are left out.
 */

declare(strict_types=1);

[, $from, $to] = $argv;
$entries = [];
foreach (preg_split('/\n{2,}/', trim((string) file_get_contents($from))) as $block) {
    if (preg_match('/^#(~|,.*fuzzy)/m', $block) === 1) {
        continue;
    }
    $fields = [];
    $at = '';
    foreach (explode("\n", $block) as $line) {
        if (preg_match('/^(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+)?"(.*)"$/', $line, $m) === 1) {
            $at = $m[1] === '' ? $at : $m[1];
            $fields[$at] = ($fields[$at] ?? '') . stripcslashes($m[2]);
        }
    }
    $strings = array_values(array_filter($fields, fn (string $name): bool => str_starts_with($name, 'msgstr'), ARRAY_FILTER_USE_KEY));
    if ($strings !== [] && implode('', $strings) !== '') {
        $id = (isset($fields['msgctxt']) ? $fields['msgctxt'] . "\x04" : '') . $fields['msgid'];
        $entries[$id . (isset($fields['msgid_plural']) ? "\0" . $fields['msgid_plural'] : '')] = implode("\0", $strings);
    }
}
ksort($entries, SORT_STRING);
$count = count($entries);
$start = 28 + 16 * $count;
$ids = implode('', array_map(fn (string $text): string => "$text\0", array_map('strval', array_keys($entries))));
$table = static function (array $texts, int $offset): string {
    $out = '';
    foreach ($texts as $text) {
        $out .= pack('VV', strlen((string) $text), $offset);
        $offset += strlen((string) $text) + 1;
    }
    return $out;
};
file_put_contents($to, pack('V7', 0x950412de, 0, $count, 28, 28 + 8 * $count, 0, $start)
    . $table(array_keys($entries), $start)
    . $table($entries, $start + strlen($ids))
    . $ids . implode('', array_map(fn (string $text): string => "$text\0", $entries)));
