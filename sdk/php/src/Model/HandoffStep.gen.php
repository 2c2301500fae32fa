<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * One step of a handoff, as an event tells it. A shopper is not told the reason.
 */
final class HandoffStep extends Model
{
    /**
     * @param string $id Id of a handoff; not its code.
     * @param Channel::* $from How something travels.
     * @param Channel::* $to How something travels.
     * @param HandoffState::* $state `offered` (the shopper has a link, or has left a number), `clicked`, `linked` (the channel's
     *   user came with the code), `active` (the conversation goes on there), `returned`, `expired` (the code was not used in time),
     *   `failed` (nothing could be sent there).
     * @param string|null $reason A stable code, where the state needs one.
     * @param string|null $name Of the person on the channel, once linked: whoever has used the code.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $from,
        public readonly string $to,
        public readonly string $state,
        public readonly ?string $reason = null,
        public readonly ?string $name = null,
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
        $in = new Reader($data, 'HandoffStep');
        return new self(
            id: $in->string('id'),
            from: $in->string('from'),
            to: $in->string('to'),
            state: $in->string('state'),
            reason: $in->optionalString('reason'),
            name: $in->optionalString('name'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'from' => $this->from,
            'to' => $this->to,
            'state' => $this->state,
            'reason' => $this->reason,
            'name' => $this->name,
        ]);
    }
}
