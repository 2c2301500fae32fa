<?php

declare(strict_types=1);

namespace Tagalong\Internal;

/**
 * Events that go in one request.
 *
 * @internal
 */
final class Batch
{
    /** @param list<string> $ids */
    public function __construct(public readonly array $ids, public readonly string $body)
    {
    }
}
