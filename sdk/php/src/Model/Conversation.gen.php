<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A conversation's summary, as agents and plugins see it.
 */
final class Conversation extends Model
{
    /**
     * @param string $id Id of a conversation.
     * @param string $shop Id of a shop.
     * @param Shopper $shopper
     * @param ConversationState::* $state
     * @param list<string> $tags
     * @param int $generation Rises when a conversation's past changes (erasure, retention); a log of another generation is read
     *   anew.
     * @param int $firstSeq Number of an entry in its conversation, as this audience counts.
     * @param int $head Number of an entry in its conversation, as this audience counts.
     * @param int $position A place in a shop's feed of changes.
     * @param Channel::* $channel How something travels.
     * @param int $unread Messages of others that this agent has not read.
     * @param list<Reads> $reads
     * @param int $createdAt UTC milliseconds since 1970.
     * @param int $updatedAt UTC milliseconds since 1970.
     * @param AgentRef|null $assignee
     * @param string|null $address The address that the next message goes to; absent on the web.
     * @param HandoffBrief|null $handoff
     * @param LastMessage|null $lastMessage
     * @param OrderSummary|null $order
     */
    public function __construct(
        public readonly string $id,
        public readonly string $shop,
        public readonly Shopper $shopper,
        public readonly string $state,
        public readonly array $tags,
        public readonly int $generation,
        public readonly int $firstSeq,
        public readonly int $head,
        public readonly int $position,
        public readonly string $channel,
        public readonly int $unread,
        public readonly array $reads,
        public readonly int $createdAt,
        public readonly int $updatedAt,
        public readonly ?AgentRef $assignee = null,
        public readonly ?string $address = null,
        public readonly ?HandoffBrief $handoff = null,
        public readonly ?LastMessage $lastMessage = null,
        public readonly ?OrderSummary $order = null,
    ) {
        Check::listOf($tags, 'string', 'tags');
        Check::listOf($reads, Reads::class, 'reads');
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
        $in = new Reader($data, 'Conversation');
        return new self(
            id: $in->string('id'),
            shop: $in->string('shop'),
            shopper: $in->object('shopper', Shopper::fromArray(...)),
            state: $in->string('state'),
            tags: $in->strings('tags'),
            generation: $in->int('generation'),
            firstSeq: $in->int('first_seq'),
            head: $in->int('head'),
            position: $in->int('position'),
            channel: $in->string('channel'),
            unread: $in->int('unread'),
            reads: $in->objects('reads', Reads::fromArray(...)),
            createdAt: $in->int('created_at'),
            updatedAt: $in->int('updated_at'),
            assignee: $in->optionalObject('assignee', AgentRef::fromArray(...)),
            address: $in->optionalString('address'),
            handoff: $in->optionalObject('handoff', HandoffBrief::fromArray(...)),
            lastMessage: $in->optionalObject('last_message', LastMessage::fromArray(...)),
            order: $in->optionalObject('order', OrderSummary::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'shop' => $this->shop,
            'shopper' => $this->shopper,
            'state' => $this->state,
            'tags' => $this->tags,
            'generation' => $this->generation,
            'first_seq' => $this->firstSeq,
            'head' => $this->head,
            'position' => $this->position,
            'channel' => $this->channel,
            'unread' => $this->unread,
            'reads' => $this->reads,
            'created_at' => $this->createdAt,
            'updated_at' => $this->updatedAt,
            'assignee' => $this->assignee,
            'address' => $this->address,
            'handoff' => $this->handoff,
            'last_message' => $this->lastMessage,
            'order' => $this->order,
        ]);
    }
}
