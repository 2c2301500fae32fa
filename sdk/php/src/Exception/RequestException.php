<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/**
 * A call did not succeed. Its message names the status, the code and the request; never a credential, a body or what was sent.
 *
 * There was an answer ({@see ApiException} and its kinds), there was none ({@see NoAnswerException}), or it made no sense
 * ({@see BadAnswerException}).
 */
abstract class RequestException extends \RuntimeException implements TagalongException
{
    /**
     * @param int         $status     the HTTP status; 0 without an answer
     * @param string      $errorCode  stable, for programs; the contract lists all ({@see \Tagalong\Model\ErrorCode})
     * @param string|null $requestId  names this very call in the server's log: quote it to support
     * @param float|null  $retryAfter how many seconds the server asked to wait
     * @param list<\Tagalong\Model\FieldProblem> $fields what is wrong where, with code "invalid"
     */
    final public function __construct(
        public readonly int $status,
        public readonly string $errorCode,
        string $message,
        public readonly ?string $requestId = null,
        public readonly ?float $retryAfter = null,
        public readonly array $fields = [],
        ?\Throwable $previous = null,
    ) {
        $text = 'tagalong: ' . ($status === 0 ? '' : "$status ") . $errorCode . ($message === '' ? '' : ": $message");
        foreach ($fields as $field) {
            $text .= " [$field->path: $field->message]";
        }
        parent::__construct($text . ($requestId === null ? '' : " (request $requestId)"), $status, $previous);
    }

    /** Whether the error has this code. */
    public function is(string $errorCode): bool
    {
        return $this->errorCode === $errorCode;
    }

    /**
     * Whether the same call may succeed later: no answer, 408, 429, 5xx, or a first try that is still running. Everything else
     * needs somebody to change something.
     */
    public function isTemporary(): bool
    {
        return $this->status === 408 || $this->status === 429 || $this->status >= 500 || $this->errorCode === 'idempotency_in_progress';
    }
}
