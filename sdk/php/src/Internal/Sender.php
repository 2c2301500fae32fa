<?php

declare(strict_types=1);

namespace Tagalong\Internal;

use Tagalong\Clock;
use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\NoAnswerException;
use Tagalong\Exception\RequestException;
use Tagalong\Http\CurlTransport;
use Tagalong\Http\Request;
use Tagalong\Http\Response;
use Tagalong\Http\Transport;
use Tagalong\Http\TransportException;
use Tagalong\Options;
use Tagalong\Retry;
use Tagalong\SystemClock;

/**
 * Sends a call, and again while that is safe, useful and in time.
 *
 * @internal
 */
final class Sender
{
    private const FIRST_DELAY = 0.25;
    private const MAX_DELAY = 8.0;

    private readonly Transport $transport;
    private readonly Clock $clock;

    public function __construct(
        private readonly string $baseUrl,
        private readonly Secret $token,
        private readonly string $userAgent,
        private readonly Options $options,
    ) {
        $this->transport = $options->transport ?? new CurlTransport();
        $this->clock = $options->clock ?? new SystemClock();
    }

    /**
     * A successful answer.
     *
     * @throws RequestException
     */
    public function send(Call $call): Response
    {
        $end = $this->clock->elapsed() + $this->options->deadline;
        for ($try = 1;; $try++) {
            $answer = $this->attempt($call, $end);
            if ($answer instanceof Response) {
                return $answer;
            }
            $delay = $answer->retryAfter ?? $this->jitter($try);
            // Waiting past the deadline would only trade this error for a worse one.
            $inTime = $this->clock->elapsed() + $delay < $end;
            if ($try > $this->options->retries || !self::mayRetry($call, $answer) || !$inTime) {
                throw $answer;
            }
            if ($this->options->onRetry !== null) {
                ($this->options->onRetry)(new Retry($call->method, $try, $delay, $answer));
            }
            $this->clock->sleep($delay);
        }
    }

    /** One try. */
    private function attempt(Call $call, float $end): Response|RequestException
    {
        $left = $end - $this->clock->elapsed();
        if ($left <= 0) {
            return new NoAnswerException(0, 'deadline', 'The time for this call is up.');
        }
        try {
            $response = $this->transport->send($this->request($call, $left));
        } catch (TransportException $e) {
            return $this->lost($e, $end);
        }
        if (strlen($response->body) > $this->options->maxAnswerBytes || $response->status < 100) {
            return new BadAnswerException($response->status, 'bad_answer', 'The answer is too large, or none.');
        }
        $ok = $response->status >= 200 && $response->status < 300;
        return $ok ? $response : Problems::read($response, $this->clock->now());
    }

    private function request(Call $call, float $left): Request
    {
        return new Request(
            method: $call->method,
            url: $this->baseUrl . $call->pathAndQuery(),
            plainHeaders: $call->headers() + ['User-Agent' => $this->userAgent],
            token: $this->token,
            body: $call->body,
            timeout: $call->patient ? $left : min($left, $this->options->timeout),
            connectTimeout: min($left, $this->options->connectTimeout),
            maxBytes: $this->options->maxAnswerBytes,
        );
    }

    private function lost(TransportException $e, float $end): RequestException
    {
        if ($e->reason === TransportException::TOO_LARGE) {
            return new BadAnswerException(0, $e->reason, $e->getMessage(), previous: $e);
        }
        $code = $e->reason === TransportException::TIMEOUT && $this->clock->elapsed() >= $end ? 'deadline' : $e->reason;
        return new NoAnswerException(0, $code, $e->getMessage(), previous: $e);
    }

    /** Full jitter, so that plugins which failed together do not come back together. */
    private function jitter(int $try): float
    {
        $random = $this->options->random === null ? random_int(0, (1 << 30) - 1) / (1 << 30) : ($this->options->random)();
        return $random * min(self::MAX_DELAY, self::FIRST_DELAY * 2 ** min(30, $try - 1));
    }

    private static function mayRetry(Call $call, RequestException $error): bool
    {
        // Refused before anything was done: safe for every call.
        return $error->status === 429 || ($error->isTemporary() && $call->mayBeRepeated());
    }
}
