<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Something that was not done by itself because it might be wrong, with `hint`. Agents only.
 */
final class Hint extends Model
{
    /**
     * @param string $code Stable. `code_used`, `code_expired`, `code_elsewhere` (of another account or channel), `code_missing`
     *   (with the `handoff` that it may be: acceptHint), `continued_in` (the hint was accepted), `two_customers` (confirmed to be one
     *   person, but known to the shop as two), `merged` and `unmerged` (`detail` is the id of the shopper who became an alias, or is
     *   none any more: unmergeShopper), `identity_changed`, `device_changed`, `referral`, `stopped`, `started`, `media_lost`; new ones
     *   may come.
     * @param string|null $handoff That it may belong to.
     * @param string|null $conversation That it may belong to.
     * @param string|null $detail More, in nobody's language: a name, a title, a number.
     */
    public function __construct(
        public readonly string $code,
        public readonly ?string $handoff = null,
        public readonly ?string $conversation = null,
        public readonly ?string $detail = null,
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
        $in = new Reader($data, 'Hint');
        return new self(
            code: $in->string('code'),
            handoff: $in->optionalString('handoff'),
            conversation: $in->optionalString('conversation'),
            detail: $in->optionalString('detail'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'code' => $this->code,
            'handoff' => $this->handoff,
            'conversation' => $this->conversation,
            'detail' => $this->detail,
        ]);
    }
}
