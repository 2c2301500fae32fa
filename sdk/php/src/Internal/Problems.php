<?php

declare(strict_types=1);

namespace Tagalong\Internal;

use Tagalong\Exception\ApiException;
use Tagalong\Exception\AuthenticationException;
use Tagalong\Exception\ConflictException;
use Tagalong\Exception\InvalidRequestException;
use Tagalong\Exception\NotFoundException;
use Tagalong\Exception\PermissionException;
use Tagalong\Exception\RateLimitException;
use Tagalong\Exception\ServerException;
use Tagalong\Http\Response;
use Tagalong\Model\FieldProblem;

/**
 * Makes an exception of an answer that is no success. A proxy in between may answer anything: only what has the form of the
 * contract's Problem is believed, and nothing else of a body gets into a message.
 *
 * @internal
 */
final class Problems
{
    private const MAX_TEXT = 500;
    private const MAX_FIELDS = 20;

    public static function read(Response $response, float $now): ApiException
    {
        $problem = self::problem($response->body);
        $class = self::kind($response->status);
        return new $class(
            $response->status,
            $problem['code'] ?? 'http_' . $response->status,
            isset($problem['code']) ? self::text($problem['message'] ?? '') : self::explain($response->status),
            self::text($problem['request_id'] ?? $response->header('X-Request-Id') ?? '') ?: null,
            self::retryAfter($response->header('Retry-After'), $now),
            self::fields($problem['fields'] ?? null),
        );
    }

    /** @return class-string<ApiException> */
    private static function kind(int $status): string
    {
        return match (true) {
            $status === 401 => AuthenticationException::class,
            $status === 403 => PermissionException::class,
            $status === 404 => NotFoundException::class,
            $status === 409 => ConflictException::class,
            $status === 429 => RateLimitException::class,
            in_array($status, [400, 413, 415, 422], true) => InvalidRequestException::class,
            $status >= 500 => ServerException::class,
            default => ApiException::class,
        };
    }

    /** @return array<string, mixed> empty where it is none of our server's */
    private static function problem(string $body): array
    {
        try {
            $problem = Json::decode($body);
        } catch (\JsonException) {
            return [];
        }
        $ours = is_array($problem) && is_string($problem['code'] ?? null) && preg_match('/^[a-z_]{1,64}$/D', $problem['code']) === 1;
        return $ours ? $problem : [];
    }

    /** Of one line, and not for ever. */
    private static function text(mixed $text): string
    {
        $line = is_string($text) ? preg_replace('/[\p{C}\p{Zl}\p{Zp}]+/u', ' ', $text) : '';
        return preg_replace('/^(.{' . self::MAX_TEXT . '}).*$/su', '$1…', $line ?? '') ?? '';
    }

    private static function explain(int $status): string
    {
        return $status >= 300 && $status < 400 ? 'A redirect, which is not followed: is the base URL right?' : '';
    }

    /** @return list<FieldProblem> */
    private static function fields(mixed $fields): array
    {
        $read = [];
        foreach (is_array($fields) ? array_slice($fields, 0, self::MAX_FIELDS) : [] as $field) {
            if (is_array($field) && is_string($field['path'] ?? null) && is_string($field['message'] ?? null)) {
                $read[] = new FieldProblem(self::text($field['path']), self::text($field['message']));
            }
        }
        return $read;
    }

    /** Retry-After in both its forms (RFC 9110 §10.2.3), as seconds; null where it is absent or not readable. */
    private static function retryAfter(?string $text, float $now): ?float
    {
        if ($text === null) {
            return null;
        }
        if (preg_match('/^[0-9]{1,9}$/D', $text) === 1) {
            return (float) $text ?: null; // 0 would take the jitter away
        }
        $at = \DateTimeImmutable::createFromFormat('!D, d M Y H:i:s \G\M\T', $text, new \DateTimeZone('UTC'));
        return $at === false || $at->getTimestamp() <= $now ? null : $at->getTimestamp() - $now;
    }
}
