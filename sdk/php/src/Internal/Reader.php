<?php

declare(strict_types=1);

namespace Tagalong\Internal;

use Tagalong\Exception\MalformedException;

/**
 * Reads fields of decoded JSON and insists on their types: an answer comes from outside.
 *
 * @internal
 */
final class Reader
{
    /** @param array<mixed> $data */
    public function __construct(private readonly array $data, private readonly string $what)
    {
    }

    public function string(string $name): string
    {
        return $this->optionalString($name) ?? $this->missing($name);
    }

    public function optionalString(string $name): ?string
    {
        $value = $this->data[$name] ?? null;
        return $value === null || is_string($value) ? $value : $this->wrong($name, 'a string');
    }

    public function int(string $name): int
    {
        return $this->optionalInt($name) ?? $this->missing($name);
    }

    public function optionalInt(string $name): ?int
    {
        $value = $this->data[$name] ?? null;
        return $value === null || is_int($value) ? $value : $this->wrong($name, 'an integer');
    }

    public function bool(string $name): bool
    {
        return $this->optionalBool($name) ?? $this->missing($name);
    }

    public function optionalBool(string $name): ?bool
    {
        $value = $this->data[$name] ?? null;
        return $value === null || is_bool($value) ? $value : $this->wrong($name, 'a boolean');
    }

    /**
     * @template T of object
     *
     * @param callable(array<mixed>): T $read
     *
     * @return T
     */
    public function object(string $name, callable $read): object
    {
        return $this->optionalObject($name, $read) ?? $this->missing($name);
    }

    /**
     * @template T of object
     *
     * @param callable(array<mixed>): T $read
     *
     * @return T|null
     */
    public function optionalObject(string $name, callable $read): ?object
    {
        $value = $this->array($name, 'an object');
        return $value === null ? null : $read($value);
    }

    /**
     * @template T of object
     *
     * @param callable(array<mixed>): T $read
     *
     * @return list<T>
     */
    public function objects(string $name, callable $read): array
    {
        return $this->optionalObjects($name, $read) ?? $this->missing($name);
    }

    /**
     * @template T of object
     *
     * @param callable(array<mixed>): T $read
     *
     * @return list<T>|null
     */
    public function optionalObjects(string $name, callable $read): ?array
    {
        $list = $this->list($name);
        foreach ($list ?? [] as $item) {
            is_array($item) || $this->wrong($name, 'a list of objects');
        }
        return $list === null ? null : array_map($read, $list);
    }

    /** @return list<string> */
    public function strings(string $name): array
    {
        return $this->optionalStrings($name) ?? $this->missing($name);
    }

    /** @return list<string>|null */
    public function optionalStrings(string $name): ?array
    {
        $list = $this->list($name);
        foreach ($list ?? [] as $item) {
            is_string($item) || $this->wrong($name, 'a list of strings');
        }
        return $list;
    }

    /** @return array<string, string> */
    public function map(string $name): array
    {
        return $this->optionalMap($name) ?? $this->missing($name);
    }

    /** @return array<string, string>|null */
    public function optionalMap(string $name): ?array
    {
        $map = $this->array($name, 'an object');
        foreach ($map ?? [] as $item) {
            is_string($item) || $this->wrong($name, 'an object of strings');
        }
        return $map;
    }

    /** @return list<mixed>|null */
    private function list(string $name): ?array
    {
        $value = $this->array($name, 'a list');
        return $value === null || array_is_list($value) ? $value : $this->wrong($name, 'a list');
    }

    /** @return array<mixed>|null */
    private function array(string $name, string $expected): ?array
    {
        $value = $this->data[$name] ?? null;
        return $value === null || is_array($value) ? $value : $this->wrong($name, $expected);
    }

    private function missing(string $name): never
    {
        throw new MalformedException("$this->what lacks $name");
    }

    private function wrong(string $name, string $expected): never
    {
        throw new MalformedException("$name of $this->what is not $expected");
    }
}
