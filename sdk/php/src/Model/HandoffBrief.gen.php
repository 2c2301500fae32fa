<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * The handoff under way, or the last one.
 */
final class HandoffBrief extends Model
{
    /**
     * @param string $id Id of a handoff; not its code.
     * @param Channel::* $from How something travels.
     * @param Channel::* $to How something travels.
     * @param HandoffState::* $state `offered` (the shopper has a link, or has left a number), `clicked`, `linked` (the channel's
     *   user came with the code), `active` (the conversation goes on there), `returned`, `expired` (the code was not used in time),
     *   `failed` (nothing could be sent there).
     * @param bool $confirmed Both sides are known to be one person.
     * @param int $updatedAt UTC milliseconds since 1970.
     * @param string|null $reason
     */
    public function __construct(
        public readonly string $id,
        public readonly string $from,
        public readonly string $to,
        public readonly string $state,
        public readonly bool $confirmed,
        public readonly int $updatedAt,
        public readonly ?string $reason = null,
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
        $in = new Reader($data, 'HandoffBrief');
        return new self(
            id: $in->string('id'),
            from: $in->string('from'),
            to: $in->string('to'),
            state: $in->string('state'),
            confirmed: $in->bool('confirmed'),
            updatedAt: $in->int('updated_at'),
            reason: $in->optionalString('reason'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'from' => $this->from,
            'to' => $this->to,
            'state' => $this->state,
            'confirmed' => $this->confirmed,
            'updated_at' => $this->updatedAt,
            'reason' => $this->reason,
        ]);
    }
}
