<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * The template that a message went out as; `text` is what the shopper reads. Agents only.
 */
final class TemplateRef extends Model
{
    /**
     * @param string $id Id of a template; not the provider's.
     * @param string $name
     * @param string $language The provider's form.
     * @param TemplateCategory::* $category How a provider classes, and charges for, a message. `service` is what is written freely
     *   within the window.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly string $language,
        public readonly string $category,
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
        $in = new Reader($data, 'TemplateRef');
        return new self(
            id: $in->string('id'),
            name: $in->string('name'),
            language: $in->string('language'),
            category: $in->string('category'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'id' => $this->id,
            'name' => $this->name,
            'language' => $this->language,
            'category' => $this->category,
        ]);
    }
}
