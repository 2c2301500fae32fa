<?php

declare(strict_types=1);

namespace TagalongChat\Map;

/**
 * A part of a payload, read with care: other plugins change what WooCommerce gives, so no field is there for certain, and none has
 * a type for certain.
 */
final class Fields
{
    private const MAX = 2000;

    /** @param array<mixed> $data */
    public function __construct(private readonly array $data)
    {
    }

    public static function of(mixed $data): self
    {
        return new self(is_array($data) ? $data : []);
    }

    /** A text of at most 2,000 characters; null where there is none. */
    public function text(string $key): ?string
    {
        $value = $this->data[$key] ?? null;
        $text = is_string($value) || is_int($value) ? self::clean((string) $value) : '';
        return $text === '' ? null : self::cut($text, self::MAX);
    }

    /** An id as a string; WooCommerce writes 0 for "none". */
    public function id(string $key): ?string
    {
        $id = $this->text($key);
        return $id === null || $id === '0' ? null : substr($id, 0, 200);
    }

    /** How many; shops that sell by weight have fractions, the contract has none. */
    public function count(string $key): int
    {
        $value = $this->data[$key] ?? 0;
        return is_numeric($value) ? max(0, min(1000000, (int) ceil((float) $value))) : 0;
    }

    public function flag(string $key): bool
    {
        return !empty($this->data[$key]);
    }

    public function raw(string $key): mixed
    {
        return $this->data[$key] ?? null;
    }

    public function part(string $key): self
    {
        return self::of($this->data[$key] ?? null);
    }

    /** @return list<self> */
    public function parts(string $key): array
    {
        $list = $this->data[$key] ?? null;
        return array_map(self::of(...), array_values(array_filter(is_array($list) ? $list : [], 'is_array')));
    }

    /** The first value under this key in REST's list of metadata. */
    public function meta(string $key): mixed
    {
        foreach ($this->parts('meta_data') as $one) {
            if ($one->text('key') === $key) {
                return $one->raw('value');
            }
        }
        return null;
    }

    public function millis(string $key): ?int
    {
        return Moment::millis($this->data[$key] ?? null);
    }

    /** The first $most characters of a text in UTF-8; mbstring is not everywhere. */
    public static function cut(string $text, int $most): string
    {
        return preg_match("/^.{0,$most}/su", $text, $m) === 1 ? $m[0] : '';
    }

    /** Broken UTF-8 and control characters would make the whole batch invalid. */
    private static function clean(string $text): string
    {
        $text = preg_match('//u', $text) === 1 ? $text : (string) preg_replace('/[\x80-\xff]/', '?', $text);
        return trim((string) preg_replace('/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/u', '', $text));
    }
}
