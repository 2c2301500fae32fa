<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * NewEntry, as in the contract.
 */
final class NewEntry extends Model
{
    /**
     * @param string $clientId Made by the sender, unique per author and conversation; repeated on every retry of the same message.
     * @param NewEntryKind::* $kind A note is seen by agents only.
     * @param Draft $message
     * @param string|null $to One of the shopper's addresses; absent lets the planner choose. Not for notes.
     */
    public function __construct(
        public readonly string $clientId,
        public readonly string $kind,
        public readonly Draft $message,
        public readonly ?string $to = null,
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
        $in = new Reader($data, 'NewEntry');
        return new self(
            clientId: $in->string('client_id'),
            kind: $in->string('kind'),
            message: $in->object('message', Draft::fromArray(...)),
            to: $in->optionalString('to'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'client_id' => $this->clientId,
            'kind' => $this->kind,
            'message' => $this->message,
            'to' => $this->to,
        ]);
    }
}
