<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * EventError, as in the contract.
 */
final class EventError extends Model
{
    /**
     * @param ErrorCode::* $code What went wrong, for programs; stable. The table is in the document's description, "Error codes".
     * @param string $message
     * @param list<FieldProblem>|null $fields
     */
    public function __construct(
        public readonly string $code,
        public readonly string $message,
        public readonly ?array $fields = null,
    ) {
        Check::listOf($fields, FieldProblem::class, 'fields');
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
        $in = new Reader($data, 'EventError');
        return new self(
            code: $in->string('code'),
            message: $in->string('message'),
            fields: $in->optionalObjects('fields', FieldProblem::fromArray(...)),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'code' => $this->code,
            'message' => $this->message,
            'fields' => $this->fields,
        ]);
    }
}
