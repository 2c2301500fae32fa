<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Something that happened to the conversation.
 */
final class Event extends Model
{
    /**
     * @param EventName::* $name Shoppers see closed, reopened, joined, and handoff where its state is linked, active or returned.
     * @param AgentRef|null $agent
     * @param list<string>|null $tags The whole list, with `tagged`.
     * @param OrderChange|null $order
     * @param CartBrief|null $cart
     * @param HandoffStep|null $handoff
     * @param RouteStep|null $route
     * @param Hint|null $hint
     */
    public function __construct(
        public readonly string $name,
        public readonly ?AgentRef $agent = null,
        public readonly ?array $tags = null,
        public readonly ?OrderChange $order = null,
        public readonly ?CartBrief $cart = null,
        public readonly ?HandoffStep $handoff = null,
        public readonly ?RouteStep $route = null,
        public readonly ?Hint $hint = null,
    ) {
        Check::listOf($tags, 'string', 'tags');
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
        $in = new Reader($data, 'Event');
        return new self(
            name: $in->string('name'),
            agent: $in->optionalObject('agent', AgentRef::fromArray(...)),
            tags: $in->optionalStrings('tags'),
            order: $in->optionalObject('order', OrderChange::fromArray(...)),
            cart: $in->optionalObject('cart', CartBrief::fromArray(...)),
            handoff: $in->optionalObject('handoff', HandoffStep::fromArray(...)),
            route: $in->optionalObject('route', RouteStep::fromArray(...)),
            hint: $in->optionalObject('hint', Hint::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'name' => $this->name,
            'agent' => $this->agent,
            'tags' => $this->tags,
            'order' => $this->order,
            'cart' => $this->cart,
            'handoff' => $this->handoff,
            'route' => $this->route,
            'hint' => $this->hint,
        ]);
    }
}
