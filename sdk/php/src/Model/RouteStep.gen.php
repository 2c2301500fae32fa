<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Where the next message goes from now on, with `route_changed`. Agents only.
 */
final class RouteStep extends Model
{
    /**
     * @param Channel::* $from How something travels.
     * @param Channel::* $to How something travels.
     * @param string|null $address Absent on the web.
     * @param string|null $reason A stable code: `asked` (an agent chose), `wrote_there`, `came_back`, or a plan's reason.
     */
    public function __construct(
        public readonly string $from,
        public readonly string $to,
        public readonly ?string $address = null,
        public readonly ?string $reason = null,
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
        $in = new Reader($data, 'RouteStep');
        return new self(
            from: $in->string('from'),
            to: $in->string('to'),
            address: $in->optionalString('address'),
            reason: $in->optionalString('reason'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'from' => $this->from,
            'to' => $this->to,
            'address' => $this->address,
            'reason' => $this->reason,
        ]);
    }
}
