<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * What is wrong with one field.
 */
final class FieldProblem extends Model
{
    /**
     * @param string $path Path into the body, e.g. `events[3].order.totals.total.amount`.
     * @param string $message One clause in English.
     */
    public function __construct(
        public readonly string $path,
        public readonly string $message,
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
        $in = new Reader($data, 'FieldProblem');
        return new self(
            path: $in->string('path'),
            message: $in->string('message'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'path' => $this->path,
            'message' => $this->message,
        ]);
    }
}
