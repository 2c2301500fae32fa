<?php

declare(strict_types=1);

namespace Tagalong\Http;

/**
 * Takes an answer from curl piece by piece, and stops where it becomes too large.
 *
 * @internal
 */
final class CurlAnswer
{
    private const MAX_HEADERS = 64 << 10;

    /** @var array<string, string> */
    public array $headers = [];
    public string $body = '';
    public bool $tooLarge = false;

    private int $headerBytes = 0;

    public function __construct(private readonly int $maxBytes)
    {
    }

    /** One line; curl stops at another length than that of the line. */
    public function takeHeader(\CurlHandle $handle, string $line): int
    {
        $this->headerBytes += strlen($line);
        if ($this->headerBytes > self::MAX_HEADERS) {
            $this->tooLarge = true;
            return -1;
        }
        if (str_starts_with($line, 'HTTP/')) { // of an interim answer (1xx) nothing is kept
            $this->headers = [];
            return strlen($line);
        }
        [$name, $value] = explode(':', $line, 2) + [1 => null];
        if ($value !== null) {
            $this->headers[strtolower(trim($name))] ??= trim($value);
        }
        return strlen($line);
    }

    public function takeBody(\CurlHandle $handle, string $piece): int
    {
        if (strlen($this->body) + strlen($piece) > $this->maxBytes) {
            $this->tooLarge = true;
            return -1;
        }
        $this->body .= $piece;
        return strlen($piece);
    }
}
