<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * One line of a conversation's log. Exactly the field of its kind is present: `message` for message and note, `event`, `amend`; none
 * of them where the body was blanked.
 */
final class Entry extends Model
{
    /**
     * @param int $seq Number of an entry in its conversation, as this audience counts.
     * @param int $at UTC milliseconds since 1970.
     * @param EntryKind::* $kind A note and most events are for agents only; an amend names the entry that it changes.
     * @param Author $author
     * @param Channel::* $channel How something travels.
     * @param string|null $clientId Made by the sender, unique per author and conversation; repeated on every retry of the same
     *   message.
     * @param Message|null $message
     * @param Event|null $event
     * @param Amend|null $amend
     * @param bool|null $blanked The body was erased.
     */
    public function __construct(
        public readonly int $seq,
        public readonly int $at,
        public readonly string $kind,
        public readonly Author $author,
        public readonly string $channel,
        public readonly ?string $clientId = null,
        public readonly ?Message $message = null,
        public readonly ?Event $event = null,
        public readonly ?Amend $amend = null,
        public readonly ?bool $blanked = null,
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
        $in = new Reader($data, 'Entry');
        return new self(
            seq: $in->int('seq'),
            at: $in->int('at'),
            kind: $in->string('kind'),
            author: $in->object('author', Author::fromArray(...)),
            channel: $in->string('channel'),
            clientId: $in->optionalString('client_id'),
            message: $in->optionalObject('message', Message::fromArray(...)),
            event: $in->optionalObject('event', Event::fromArray(...)),
            amend: $in->optionalObject('amend', Amend::fromArray(...)),
            blanked: $in->optionalBool('blanked'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'seq' => $this->seq,
            'at' => $this->at,
            'kind' => $this->kind,
            'author' => $this->author,
            'channel' => $this->channel,
            'client_id' => $this->clientId,
            'message' => $this->message,
            'event' => $this->event,
            'amend' => $this->amend,
            'blanked' => $this->blanked,
        ]);
    }
}
