<?php

declare(strict_types=1);

namespace Tagalong\Internal;

use Tagalong\Exception\ConfigurationException;

/**
 * What all objects of the contract have in common: they do not change, and JSON of them is what the contract says. A property that
 * is null is absent on the wire; an empty list is an empty list.
 */
abstract class Model implements \JsonSerializable
{
    abstract public function jsonSerialize(): object;

    /**
     * The same with other values, named like the constructor's parameters: `$order->with(note: null, guest: true)`.
     *
     * @throws ConfigurationException where a name is none of the constructor's
     */
    public function with(mixed ...$changes): static
    {
        $values = get_object_vars($this);
        if ($unknown = array_diff_key($changes, $values)) {
            throw new ConfigurationException(static::class . ' has no ' . implode(', ', array_keys($unknown)));
        }
        // Every model's properties are the parameters of its constructor.
        return new static(...array_merge($values, $changes));
    }

    /**
     * As decoded JSON, all the way down.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        return (array) json_decode(Json::encode($this), true, Json::DEPTH, JSON_THROW_ON_ERROR);
    }
}
