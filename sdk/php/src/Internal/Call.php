<?php

declare(strict_types=1);

namespace Tagalong\Internal;

/**
 * One call of the API: what is sent, and whether it may be sent twice.
 *
 * @internal
 */
final class Call
{
    /**
     * @param array<string, string|int> $query
     * @param string|null $idempotencyKey kept over all tries
     * @param bool        $repeatable     the server knows repeats of this POST by other means than a key (a client_id)
     * @param bool        $patient        one try may take as long as all: an upload
     */
    public function __construct(
        public readonly string $method,
        public readonly string $path,
        public readonly array $query = [],
        public readonly ?string $body = null,
        public readonly string $contentType = 'application/json',
        public readonly ?string $idempotencyKey = null,
        private readonly bool $repeatable = false,
        public readonly bool $patient = false,
    ) {
    }

    public function mayBeRepeated(): bool
    {
        return $this->method !== 'POST' || $this->idempotencyKey !== null || $this->repeatable;
    }

    public function pathAndQuery(): string
    {
        $query = http_build_query($this->query, '', '&', PHP_QUERY_RFC3986);
        return $this->path . ($query === '' ? '' : '?' . $query);
    }

    /** @return array<string, string> */
    public function headers(): array
    {
        return array_filter([
            'Accept' => 'application/json',
            'Content-Type' => $this->body === null ? null : $this->contentType,
            'Idempotency-Key' => $this->idempotencyKey,
        ], static fn (?string $value): bool => $value !== null);
    }
}
