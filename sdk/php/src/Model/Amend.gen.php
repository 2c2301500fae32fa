<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A change to an earlier entry; readers fold it in.
 */
final class Amend extends Model
{
    /**
     * @param int $target Number of an entry in its conversation, as this audience counts.
     * @param AmendAction::* $action Only the author edits or revokes.
     * @param string|null $text The new text, with `edit`.
     * @param string|null $emoji With `react`; absent takes the reaction back.
     */
    public function __construct(
        public readonly int $target,
        public readonly string $action,
        public readonly ?string $text = null,
        public readonly ?string $emoji = null,
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
        $in = new Reader($data, 'Amend');
        return new self(
            target: $in->int('target'),
            action: $in->string('action'),
            text: $in->optionalString('text'),
            emoji: $in->optionalString('emoji'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'target' => $this->target,
            'action' => $this->action,
            'text' => $this->text,
            'emoji' => $this->emoji,
        ]);
    }
}
