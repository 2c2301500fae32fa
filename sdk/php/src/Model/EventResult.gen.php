<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * EventResult, as in the contract.
 */
final class EventResult extends Model
{
    /**
     * @param string $id Id of the event.
     * @param EventOutcome::* $outcome `applied`; `duplicate` (this id, or this very state, was seen before); `stale` (a newer state
     *   is known); `invalid` (see `error`; sending it again will not help).
     * @param EventError|null $error
     */
    public function __construct(
        public readonly string $id,
        public readonly string $outcome,
        public readonly ?EventError $error = null,
    ) {
    }

    /**
     * Reads it from decoded JSON; fields that it does not know are left out.
     *
     * @param array<mixed> $data
     *
     * @throws \Tagalong\Exception\MalformedException where a field is missing or of another type
     */
    public static function fromArray(array $data): self
    {
        $in = new Reader($data, 'EventResult');
        return new self(
            id: $in->string('id'),
            outcome: $in->string('outcome'),
            error: $in->optionalObject('error', EventError::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'outcome' => $this->outcome,
            'error' => $this->error,
        ]);
    }
}
