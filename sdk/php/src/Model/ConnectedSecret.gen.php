<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Absent where none was asked for, or where the shop has two active ones already.
 */
final class ConnectedSecret extends Model
{
    /**
     * @param string $kid Goes into the identity token's header.
     * @param string $secret Its text, as UTF-8, is the HS256 key; shown this once.
     */
    public function __construct(
        public readonly string $kid,
        public readonly string $secret,
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
        $in = new Reader($data, 'ConnectedSecret');
        return new self(
            kid: $in->string('kid'),
            secret: $in->string('secret'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'kid' => $this->kid,
            'secret' => $this->secret,
        ]);
    }
}
