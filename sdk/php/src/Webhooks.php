<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\TagalongException;
use Tagalong\Exception\WebhookException;
use Tagalong\Internal\Json;
use Tagalong\Internal\Secret;
use Tagalong\Model\WebhookEvent;

/**
 * Verifies webhooks that Tagalong sends (Standard Webhooks, https://www.standardwebhooks.com).
 *
 *     $event = (new Webhooks([$secret]))->verify(file_get_contents('php://input'), $_SERVER);
 *
 * Deliveries repeat: drop an event whose id you have dealt with.
 */
final class Webhooks
{
    public const MAX_BYTES = 1 << 20;

    /** @var list<Secret> */
    private readonly array $keys;
    private readonly Clock $clock;

    /**
     * @param list<string> $secrets   all active ones, "whsec_…" or plain base64; two during a rotation
     * @param int          $tolerance seconds that its time may be off
     *
     * @throws ConfigurationException without a secret, or where one is no base64
     */
    public function __construct(
        #[\SensitiveParameter] array $secrets,
        private readonly int $tolerance = 300,
        ?Clock $clock = null,
    ) {
        $keys = [];
        foreach ($secrets as $secret) { // not array_map: it would stand in a trace with its arguments
            $keys[] = self::key($secret);
        }
        if ($keys === []) {
            throw new ConfigurationException('a secret is needed');
        }
        $this->keys = $keys;
        $this->clock = $clock ?? new SystemClock();
    }

    /**
     * The event, once it is known to be Tagalong's.
     *
     * @param string       $body    the raw bytes, before any parsing: one changed byte is another signature
     * @param array<mixed> $headers by name in any case, with a text or a list of texts; `$_SERVER`, the headers of a PSR-7 request
     *                              and those of a WP_REST_Request are understood
     *
     * @throws WebhookException where it is not to be trusted
     */
    public function verify(string $body, array $headers): WebhookEvent
    {
        if (strlen($body) > self::MAX_BYTES) {
            throw new WebhookException(WebhookException::TOO_LARGE);
        }
        $headers = self::normalised($headers);
        $id = $headers['webhook-id'] ?? '';
        $timestamp = $headers['webhook-timestamp'] ?? '';
        $signatures = $headers['webhook-signature'] ?? '';
        if ($id === '' || $timestamp === '' || $signatures === '') {
            throw new WebhookException(WebhookException::MISSING_HEADER);
        }
        $this->checkTime($timestamp);
        if (!$this->isSigned("$id.$timestamp.$body", $signatures)) {
            throw new WebhookException(WebhookException::NO_MATCH);
        }
        return self::read($body);
    }

    private static function key(#[\SensitiveParameter] string $secret): Secret
    {
        $key = base64_decode(str_starts_with($secret, 'whsec_') ? substr($secret, 6) : $secret, true);
        if ($key === false || $key === '') { // an empty one would let anybody sign
            throw new ConfigurationException('a secret must be base64, with or without "whsec_" before it');
        }
        return new Secret($key);
    }

    /**
     * @param array<mixed> $headers
     *
     * @return array<string, string> in lower case with hyphens
     */
    private static function normalised(array $headers): array
    {
        $all = [];
        foreach ($headers as $name => $value) {
            $name = strtr(strtolower((string) $name), '_', '-');
            $name = str_starts_with($name, 'http-') ? substr($name, 5) : $name;
            $value = is_array($value) ? implode(' ', array_filter($value, 'is_string')) : $value;
            if (str_starts_with($name, 'webhook-') && is_string($value)) {
                $all[$name] ??= trim($value);
            }
        }
        return $all;
    }

    private function checkTime(string $timestamp): void
    {
        if (preg_match('/^[0-9]{1,12}$/D', $timestamp) !== 1) {
            throw new WebhookException(WebhookException::BAD_TIMESTAMP);
        }
        $off = (int) floor($this->clock->now()) - (int) $timestamp;
        if (abs($off) > $this->tolerance) {
            throw new WebhookException($off > 0 ? WebhookException::TOO_OLD : WebhookException::TOO_NEW);
        }
    }

    /** All are compared, in constant time each, whichever matches. */
    private function isSigned(string $content, string $signatures): bool
    {
        $ok = false;
        foreach ($this->keys as $key) {
            $want = hash_hmac('sha256', $content, $key->reveal(), true);
            foreach (explode(' ', $signatures) as $given) {
                $got = str_starts_with($given, 'v1,') ? base64_decode(substr($given, 3), true) : false;
                $ok = ($got !== false && hash_equals($want, $got)) || $ok;
            }
        }
        return $ok;
    }

    private static function read(string $body): WebhookEvent
    {
        try {
            $data = Json::decode($body);
            return is_array($data) ? WebhookEvent::fromArray($data) : throw new WebhookException(WebhookException::BAD_BODY);
        } catch (WebhookException $e) {
            throw $e;
        } catch (\JsonException | TagalongException $e) {
            throw new WebhookException(WebhookException::BAD_BODY, $e);
        }
    }
}
