<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * PrivacyRequest, as in the contract.
 */
final class PrivacyRequest extends Model
{
    /**
     * @param string $id Id of a request to erase or export.
     * @param PrivacyKind::* $kind
     * @param PrivacyState::* $state
     * @param int $createdAt UTC milliseconds since 1970.
     * @param int $dueAt By when it must be done, 30 days on.
     * @param PrivacyCounts $counts
     * @param string|null $reference
     * @param int|null $doneAt UTC milliseconds since 1970.
     * @param string|null $url Of a finished export: a signed link to a JSON file, made anew at each reading, for at most 24 hours.
     *   For owners and admins, and for plugin keys with `context:read` and `conversations:read`.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $kind,
        public readonly string $state,
        public readonly int $createdAt,
        public readonly int $dueAt,
        public readonly PrivacyCounts $counts,
        public readonly ?string $reference = null,
        public readonly ?int $doneAt = null,
        public readonly ?string $url = null,
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
        $in = new Reader($data, 'PrivacyRequest');
        return new self(
            id: $in->string('id'),
            kind: $in->string('kind'),
            state: $in->string('state'),
            createdAt: $in->int('created_at'),
            dueAt: $in->int('due_at'),
            counts: $in->object('counts', PrivacyCounts::fromArray(...)),
            reference: $in->optionalString('reference'),
            doneAt: $in->optionalInt('done_at'),
            url: $in->optionalString('url'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'kind' => $this->kind,
            'state' => $this->state,
            'created_at' => $this->createdAt,
            'due_at' => $this->dueAt,
            'counts' => $this->counts,
            'reference' => $this->reference,
            'done_at' => $this->doneAt,
            'url' => $this->url,
        ]);
    }
}
