<?php

declare(strict_types=1);

namespace Tagalong\Tests\Support;

/** The contract itself: golden examples, and whether a value is what a schema says (as far as the schemas that we send go). */
final class Contract
{
    private const FOLDER = __DIR__ . '/../../../../openapi';

    /** @var array<string, mixed>|null */
    private static ?array $schemas = null;

    public static function example(string $name): string
    {
        return (string) file_get_contents(self::FOLDER . "/examples/$name.json");
    }

    /** @return list<string> what is wrong with it */
    public static function problems(mixed $value, string $schema): array
    {
        self::$schemas ??= yaml_parse_file(self::FOLDER . '/openapi.yaml')['components']['schemas'];
        return self::look($value, self::$schemas[$schema], $schema);
    }

    /**
     * @param array<string, mixed> $schema
     *
     * @return list<string>
     */
    private static function look(mixed $value, array $schema, string $at): array
    {
        if (isset($schema['$ref'])) {
            return self::look($value, self::$schemas[basename($schema['$ref'])], $at);
        }
        if (isset($schema['enum']) && !in_array($value, $schema['enum'], true)) {
            return ["$at: not one of the values"];
        }
        return match ($schema['type']) {
            'object' => $value instanceof \stdClass ? self::object((array) $value, $schema, $at) : ["$at: no object"],
            'array' => is_array($value) ? self::list($value, $schema, $at) : ["$at: no list"],
            'string' => is_string($value) ? self::string($value, $schema, $at) : ["$at: no string"],
            'integer' => is_int($value) ? self::integer($value, $schema, $at) : ["$at: no integer"],
            'boolean' => is_bool($value) ? [] : ["$at: no boolean"],
        };
    }

    private static function object(array $value, array $schema, string $at): array
    {
        $wrong = array_map(fn (string $name): string => "$at: lacks $name", array_diff($schema['required'] ?? [], array_keys($value)));
        foreach ($value as $name => $field) {
            $known = $schema['properties'][$name] ?? $schema['additionalProperties'] ?? true;
            $wrong = [...$wrong, ...match (true) {
                is_array($known) => self::look($field, $known, "$at.$name"),
                default => ["$at: has no field $name"],
            }];
        }
        return $wrong;
    }

    private static function list(array $value, array $schema, string $at): array
    {
        $wrong = count($value) > ($schema['maxItems'] ?? PHP_INT_MAX) ? ["$at: too many"] : [];
        foreach ($value as $i => $item) {
            $wrong = [...$wrong, ...self::look($item, $schema['items'], "{$at}[$i]")];
        }
        return $wrong;
    }

    private static function string(string $value, array $schema, string $at): array
    {
        $length = mb_strlen($value);
        $fits = $length >= ($schema['minLength'] ?? 0) && $length <= ($schema['maxLength'] ?? PHP_INT_MAX);
        $like = !isset($schema['pattern']) || preg_match("\x01{$schema['pattern']}\x01Du", $value) === 1;
        $time = ($schema['format'] ?? '') !== 'date-time' || preg_match('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/D', $value) === 1;
        return $fits && $like && $time ? [] : ["$at: out of form"];
    }

    private static function integer(int $value, array $schema, string $at): array
    {
        return $value >= ($schema['minimum'] ?? $value) && $value <= ($schema['maximum'] ?? $value) ? [] : ["$at: out of range"];
    }
}
