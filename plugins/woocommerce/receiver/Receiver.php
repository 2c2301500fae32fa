<?php

declare(strict_types=1);

namespace TagalongChat\Receive;

use DateTimeImmutable;
use Tagalong\Client;
use Tagalong\Exception\RequestException;
use Tagalong\Exception\TagalongException;
use TagalongChat\Map\Events;

/**
 * Takes WooCommerce's own webhooks, for a shop that cannot install the plugin: orders, customers, products and coupons, as they change.
 * No carts, no link between who chats and who buys.
 *
 * Each noun has a secret of its own, and which secret has signed tells which noun it is: the headers with the topic are not covered by
 * the signature, so they are not read. WooCommerce never repeats a delivery, and switches a webhook off that fails six times in a row;
 * so what Tagalong cannot take now is kept in a folder and sent with a later one.
 */
final class Receiver
{
    public const LIMIT = 1 << 20;

    /**
     * @param array<string, string>  $secrets noun → secret; an empty one is none
     * @param string                 $currency of the shop: WooCommerce does not say it with products
     * @param \Closure(string): void $log     lines with ids and codes, no buyer's data
     */
    public function __construct(
        #[\SensitiveParameter] private readonly array $secrets,
        private readonly string $currency,
        private readonly Client $client,
        private readonly Events $events,
        private readonly Spool $spool,
        private readonly \Closure $log,
    ) {
    }

    /** The status to answer with. */
    public function receive(string $method, string $signature, string $body, DateTimeImmutable $at): int
    {
        if ($method !== 'POST') {
            return 405;
        }
        if (strlen($body) > self::LIMIT) {
            return 413;
        }
        // Saving a webhook sends this, unsigned, and wants exactly 200. It changes nothing.
        if ($signature === '' && preg_match('/^webhook_id=\d{1,20}$/D', $body) === 1) {
            return 200;
        }
        $noun = $this->signer($signature, $body);
        if ($noun === null) {
            return 401;
        }
        $delivery = new Delivery($noun, $body, $at);
        if ($this->push($delivery)) {
            $this->drain(10);
            return 200;
        }
        return $this->spool->keep($delivery) ? 200 : 503;
    }

    /** Sends what was kept; how many were left when Tagalong did not take one. */
    public function drain(int $most = PHP_INT_MAX): int
    {
        foreach ($this->spool->oldest($most) as $name => $delivery) {
            if ($delivery !== null && !$this->push($delivery)) {
                break;
            }
            $this->spool->remove($name);
        }
        return $this->spool->count();
    }

    /** Which noun's secret has signed the body: base64(HMAC-SHA256(raw body, secret)). All are tried, so all take the same time. */
    private function signer(string $signature, string $body): ?string
    {
        $signer = null;
        foreach ($this->secrets as $noun => $secret) {
            $right = base64_encode(hash_hmac('sha256', $body, $secret, true));
            if ($secret !== '' && hash_equals($right, $signature)) {
                $signer = $noun;
            }
        }
        return $signer;
    }

    /** False where sending it later may help. */
    private function push(Delivery $delivery): bool
    {
        $body = json_decode($delivery->body, true, 64);
        if (!is_array($body)) {
            ($this->log)("$delivery->id is no JSON");
            return true;
        }
        try {
            // Never what the body says under this name: only the plugin puts things there.
            $body = array_keys($body) === ['id'] ? $body : ['tagalong' => ['currency' => $this->currency]] + $body;
            $events = Topics::events($this->events, $delivery->noun, $body, $delivery->id, $delivery->at);
            foreach ($this->client->pushEvents($events) as $result) {
                if ($result->outcome === 'invalid') {
                    ($this->log)("$result->id is invalid: " . ($result->error?->code ?? ''));
                }
            }
        } catch (RequestException $e) {
            ($this->log)("$delivery->id: {$e->getMessage()}");
            return !$e->isTemporary() && $e->status !== 0 && !in_array($e->status, [401, 403], true);
        } catch (TagalongException $e) {
            ($this->log)("$delivery->id: {$e->getMessage()}");
        }
        return true;
    }
}
