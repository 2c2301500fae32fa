<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A template and what stands in its places. All places must be filled, and nothing else (`template_params`); a value has no line
 * break, tab or more than four spaces in a row (Meta, "Templates").
 */
final class TemplateUse extends Model
{
    /**
     * @param string $id Id of a template; not the provider's.
     * @param array<string, string>|null $header By the place's name or number; of an image, video or document its https URL under
     *   `link`, of a location `latitude` and `longitude`.
     * @param array<string, string>|null $body By the place's name or number.
     * @param array<string, string>|null $buttons By the button's index from 0: the end of its URL, or the code to copy.
     */
    public function __construct(
        public readonly string $id,
        public readonly ?array $header = null,
        public readonly ?array $body = null,
        public readonly ?array $buttons = null,
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
        $in = new Reader($data, 'TemplateUse');
        return new self(
            id: $in->string('id'),
            header: $in->optionalMap('header'),
            body: $in->optionalMap('body'),
            buttons: $in->optionalMap('buttons'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'header' => Json::map($this->header),
            'body' => Json::map($this->body),
            'buttons' => Json::map($this->buttons),
        ]);
    }
}
