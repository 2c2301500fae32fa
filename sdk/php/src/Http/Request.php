<?php

declare(strict_types=1);

namespace Tagalong\Http;

use Tagalong\Internal\Secret;

/** One request to be sent. The credential is not among its properties: ask {@see Request::headers()} where it is sent. */
final class Request
{
    /**
     * @param array<string, string> $plainHeaders   all but the credential
     * @param float                 $timeout        seconds for the whole exchange
     * @param float                 $connectTimeout seconds of these for the connection
     * @param int                   $maxBytes       of the answer's body
     */
    public function __construct(
        public readonly string $method,
        public readonly string $url,
        private readonly array $plainHeaders,
        private readonly Secret $token,
        public readonly ?string $body,
        public readonly float $timeout,
        public readonly float $connectTimeout,
        public readonly int $maxBytes,
    ) {
    }

    /** @return array<string, string> with the credential, where the call has one */
    public function headers(): array
    {
        $token = $this->token->reveal();
        return $this->plainHeaders + ($token === '' ? [] : ['Authorization' => "Bearer $token"]);
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return [
            'method' => $this->method,
            'url' => $this->url,
            'headers' => $this->plainHeaders + ['Authorization' => '[redacted]'],
            'body' => $this->body === null ? null : '[' . strlen($this->body) . ' bytes]',
            'timeout' => $this->timeout,
        ];
    }
}
