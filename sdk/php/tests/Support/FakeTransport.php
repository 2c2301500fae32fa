<?php

declare(strict_types=1);

namespace Tagalong\Tests\Support;

use Tagalong\Http\Request;
use Tagalong\Http\Response;
use Tagalong\Http\Transport;
use Tagalong\Http\TransportException;

/** Answers from a list and keeps what it was asked. Beyond the list it repeats the last. */
final class FakeTransport implements Transport
{
    /** @var list<Request> */
    public array $requests = [];

    /** @var list<Response|TransportException|callable(Request): Response> */
    private array $answers;

    public function __construct(Response|TransportException|callable ...$answers)
    {
        $this->answers = array_values($answers);
    }

    public function send(Request $request): Response
    {
        $this->requests[] = $request;
        $answer = $this->answers[min(count($this->requests), count($this->answers)) - 1];
        if ($answer instanceof TransportException) {
            throw $answer;
        }
        return $answer instanceof Response ? $answer : $answer($request);
    }

    /** @param array<string, string> $headers */
    public static function json(mixed $body, int $status = 200, array $headers = []): Response
    {
        return new Response($status, $headers, is_string($body) ? $body : json_encode($body, JSON_THROW_ON_ERROR));
    }

    /** @param array<string, string> $headers */
    public static function problem(int $status, string $code, array $headers = []): Response
    {
        $problem = ['status' => $status, 'code' => $code, 'message' => 'Not like this.', 'request_id' => 'req_1'];
        return self::json($problem, $status, $headers);
    }

    public static function lost(string $reason = TransportException::CONNECTION): TransportException
    {
        return new TransportException($reason, 'It broke.');
    }
}
