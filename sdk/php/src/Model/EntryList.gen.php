<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * EntryList, as in the contract.
 */
final class EntryList extends Model
{
    /**
     * @param list<Entry> $items
     * @param int $generation Rises when a conversation's past changes (erasure, retention); a log of another generation is read
     *   anew.
     * @param int $firstSeq Number of an entry in its conversation, as this audience counts.
     * @param int $head Number of an entry in its conversation, as this audience counts.
     */
    public function __construct(
        public readonly array $items,
        public readonly int $generation,
        public readonly int $firstSeq,
        public readonly int $head,
    ) {
        Check::listOf($items, Entry::class, 'items');
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
        $in = new Reader($data, 'EntryList');
        return new self(
            items: $in->objects('items', Entry::fromArray(...)),
            generation: $in->int('generation'),
            firstSeq: $in->int('first_seq'),
            head: $in->int('head'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'items' => $this->items,
            'generation' => $this->generation,
            'first_seq' => $this->firstSeq,
            'head' => $this->head,
        ]);
    }
}
