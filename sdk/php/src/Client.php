<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\MalformedException;
use Tagalong\Exception\MoneyException;
use Tagalong\Exception\RequestException;
use Tagalong\Http\Response;
use Tagalong\Internal\BaseUrl;
use Tagalong\Internal\Batch;
use Tagalong\Internal\Batches;
use Tagalong\Internal\Call;
use Tagalong\Internal\Json;
use Tagalong\Internal\Reader;
use Tagalong\Internal\Secret;
use Tagalong\Internal\Sender;
use Tagalong\Model\Attachment;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\Conversation;
use Tagalong\Model\DataExport;
use Tagalong\Model\Draft;
use Tagalong\Model\Entry;
use Tagalong\Model\EntryList;
use Tagalong\Model\ErrorCode;
use Tagalong\Model\EventError;
use Tagalong\Model\EventOutcome;
use Tagalong\Model\EventResult;
use Tagalong\Model\NewEntry;
use Tagalong\Model\NewEntryKind;
use Tagalong\Model\Order;
use Tagalong\Model\OwnPluginKey;
use Tagalong\Model\PrivacyRequest;
use Tagalong\Model\Redaction;
use Tagalong\Model\Shopper;
use Tagalong\Model\ShopperContext;

/**
 * Calls Tagalong for one shop with one plugin key.
 *
 * Every method may throw a {@see RequestException}; its kinds are in Tagalong\Exception. Every call is repeated while that is safe
 * (no answer, 408, 429, 5xx), with full jitter, `Retry-After`, one idempotency key for all tries, and a deadline over all of them.
 */
final class Client
{
    public const VERSION = '0.1.0';

    private readonly Sender $sender;

    /**
     * @param string $baseUrl where the installation is, "https://chat.example.com"
     * @param string $shop    id of the shop, "shop_…"
     * @param string $key     a plugin key of that shop, "tgk_…". Keep it on the server: it opens the shop's conversations.
     *
     * @throws ConfigurationException where one of them cannot be right
     */
    public function __construct(
        string $baseUrl,
        private readonly string $shop,
        #[\SensitiveParameter] string $key,
        private readonly Options $options = new Options(),
    ) {
        if (PHP_INT_SIZE < 8) {
            throw new ConfigurationException('PHP of 64 bits is needed: times and amounts are larger than 32');
        }
        if (preg_match('/^shop_[a-z2-7]{26}$/D', $shop) !== 1 || preg_match('/^tgk_[!-~]+$/D', $key) !== 1) {
            throw new ConfigurationException('the id of a shop ("shop_…") and one of its plugin keys ("tgk_…") are needed');
        }
        $url = BaseUrl::check($baseUrl, $options->allowHttp);
        $this->sender = new Sender($url, new Secret($key), self::userAgent($options->userAgent), $options);
    }

    // ---------------------------------------------------------------------------------------------- what happens in the shop

    /**
     * Pushes what happened in the shop and gives one result for each event, in their order.
     *
     * A result with outcome "invalid" was not taken, and sending the same again will not help: see its error. The outcomes
     * "duplicate" and "stale" are as good as "applied": the server knows this state or a newer one.
     *
     * More than 100 events, or more than 256 KiB of them, go in several requests one after another. When one of them fails for good
     * an exception is thrown; pushing everything again is harmless. An event that is too large for any request gets the outcome
     * "invalid" with the code "too_large" and is not sent.
     *
     * @param iterable<ContextEvent> $events
     * @param string|null $idempotencyKey one of yours, where the same push may be repeated by another process: an outbox's row. It
     *                                    must come with the same events then. Otherwise each request has one of its own.
     *
     * @return list<EventResult>
     *
     * @throws RequestException
     */
    public function pushEvents(iterable $events, ?string $idempotencyKey = null): array
    {
        return iterator_to_array($this->streamEvents($events, $idempotencyKey), false);
    }

    /**
     * The same as {@see Client::pushEvents()} for many events: nothing is sent before results are asked for, and only one request's
     * worth of events is held at a time. Results that were given before an exception stand.
     *
     * @param iterable<ContextEvent> $events
     *
     * @return \Generator<int, EventResult>
     *
     * @throws RequestException
     */
    public function streamEvents(iterable $events, ?string $idempotencyKey = null): \Generator
    {
        if ($idempotencyKey !== null && preg_match('/^[!-~]{1,180}$/D', $idempotencyKey) !== 1) {
            throw new ConfigurationException('an idempotency key has 1 to 180 characters of ASCII, without spaces');
        }
        $number = 0;
        foreach (Batches::of($events) as $batch) {
            if ($batch instanceof ContextEvent) {
                $error = new EventError(ErrorCode::TOO_LARGE, 'The event does not fit into a request.');
                yield new EventResult($batch->id, EventOutcome::INVALID, $error);
                continue;
            }
            $number++;
            $key = $idempotencyKey === null ? self::newId() : $idempotencyKey . ($number === 1 ? '' : ".$number");
            foreach ($this->pushBatch($batch, $key) as $result) {
                yield $result;
            }
        }
    }

    /**
     * One order, with its shipments.
     *
     * @param string $externalId the platform's id
     *
     * @throws RequestException
     */
    public function order(string $externalId): Order
    {
        return $this->read($this->get(['orders', $externalId]), Order::fromArray(...));
    }

    /**
     * All orders, the latest change first, read page by page.
     *
     * @return \Generator<int, Order>
     *
     * @throws RequestException
     */
    public function orders(): \Generator
    {
        return $this->pages(['orders'], [], Order::fromArray(...));
    }

    // --------------------------------------------------------------------------------------------------------- conversations

    /**
     * One conversation's summary; {@see Client::entries()} reads its log.
     *
     * @throws RequestException
     */
    public function conversation(string $id): Conversation
    {
        return $this->read($this->get(['conversations', $id]), Conversation::fromArray(...));
    }

    /**
     * The shop's conversations, the latest change first, read page by page.
     *
     * @param string|null $state    "open" (where absent), "closed" or "all"
     * @param string|null $assignee "none" for nobody's, or the id of an agent
     *
     * @return \Generator<int, Conversation>
     *
     * @throws RequestException
     */
    public function conversations(?string $state = null, ?string $assignee = null): \Generator
    {
        $query = array_filter(['state' => $state, 'assignee' => $assignee], 'is_string');
        return $this->pages(['conversations'], $query, Conversation::fromArray(...));
    }

    /**
     * The log of a conversation above $after, in order, read page by page; 0 gives all of it.
     *
     * @return \Generator<int, Entry>
     *
     * @throws RequestException
     */
    public function entries(string $conversation, int $after = 0): \Generator
    {
        do {
            $page = $this->entryPage($conversation, after: $after, limit: 2 * $this->options->pageSize);
            foreach ($page->items as $entry) {
                if ($entry->seq <= $after) {
                    throw new BadAnswerException(200, 'bad_answer', 'The log goes backwards.');
                }
                yield $entry;
                $after = $entry->seq;
            }
        } while ($page->items !== [] && $after < $page->head);
    }

    /**
     * A part of a log, ascending: just below $before, just above $after, or the latest.
     *
     * @param int|null $limit 1 to 200; 50 where absent
     *
     * @throws RequestException
     */
    public function entryPage(string $conversation, ?int $before = null, ?int $after = null, ?int $limit = null): EntryList
    {
        $query = array_filter(['before' => $before, 'after' => $after, 'limit' => $limit], 'is_int');
        return $this->read($this->get(['conversations', $conversation, 'entries'], $query), EntryList::fromArray(...));
    }

    /**
     * Posts a message that the shopper sees. It is durable when answered.
     *
     * @param Draft|string $message  a text, or all that a message may be
     * @param string|null  $clientId makes a repeat of the whole call harmless: the same id and message answers with the first
     *                               entry. Absent, one is made, which covers the tries of this call.
     * @param string|null  $to       one of the shopper's addresses, "adr_…"; absent lets the server choose
     *
     * @throws RequestException
     */
    public function postMessage(string $conversation, Draft|string $message, ?string $clientId = null, ?string $to = null): Entry
    {
        return $this->post($conversation, NewEntryKind::MESSAGE, $message, $clientId, $to);
    }

    /**
     * Posts a note that only agents see; see {@see Client::postMessage()}.
     *
     * @throws RequestException
     */
    public function postNote(string $conversation, Draft|string $note, ?string $clientId = null): Entry
    {
        return $this->post($conversation, NewEntryKind::NOTE, $note, $clientId, null);
    }

    /**
     * Closes it, if it is open. A shopper who writes within seven days reopens it.
     *
     * @throws RequestException
     */
    public function close(string $conversation): Conversation
    {
        return $this->update($conversation, ['state' => 'closed']);
    }

    /**
     * Opens it again, if it is closed.
     *
     * @throws RequestException
     */
    public function reopen(string $conversation): Conversation
    {
        return $this->update($conversation, ['state' => 'open']);
    }

    /**
     * Gives it to an agent.
     *
     * @param string|null $agent id of an agent; null for nobody
     *
     * @throws RequestException
     */
    public function assign(string $conversation, ?string $agent): Conversation
    {
        return $this->update($conversation, ['assignee' => $agent]);
    }

    /**
     * Replaces its tags.
     *
     * @param list<string> $tags the whole list, at most 20 of at most 60 characters
     *
     * @throws RequestException
     */
    public function tag(string $conversation, array $tags): Conversation
    {
        return $this->update($conversation, ['tags' => $tags]);
    }

    /**
     * Uploads a file to attach to a message; name its id in {@see Draft::$attachmentIds} within a day. Repeated only where the
     * server has refused it for being too busy: it would be stored twice.
     *
     * @param string $name     as people shall see it
     * @param string $contents the bytes, at most 25 MiB
     *
     * @throws RequestException
     */
    public function upload(string $name, string $contents): Attachment
    {
        $path = $this->path(['attachments']);
        $call = new Call('POST', $path, ['name' => $name], $contents, 'application/octet-stream', patient: true);
        return $this->read($this->sender->send($call), Attachment::fromArray(...));
    }

    // -------------------------------------------------------------------------------------------------------------- shoppers

    /**
     * One shopper; an id that was merged into another answers with that one.
     *
     * @throws RequestException
     */
    public function shopper(string $id): Shopper
    {
        return $this->read($this->get(['shoppers', $id]), Shopper::fromArray(...));
    }

    /**
     * What the shop knows about a shopper: orders, carts, the customer record, the page last seen.
     *
     * @throws RequestException
     */
    public function shopperContext(string $id): ShopperContext
    {
        return $this->read($this->get(['shoppers', $id, 'context']), ShopperContext::fromArray(...));
    }

    // --------------------------------------------------------------------------------------------------------------- privacy

    /**
     * Asks that a buyer's data be taken out of the shop's order context. It is done in the background. The same reference again gives
     * the same request; without one the call is not repeated by itself.
     *
     * @throws RequestException
     */
    public function redact(Redaction $what): PrivacyRequest
    {
        return $this->read($this->ask('redact', $what), PrivacyRequest::fromArray(...));
    }

    /**
     * Asks for all that is kept of a buyer. Read the request again until it is done: it has a link to a file then.
     *
     * @throws RequestException
     */
    public function exportData(DataExport $whose): PrivacyRequest
    {
        return $this->read($this->ask('export', $whose), PrivacyRequest::fromArray(...));
    }

    /**
     * How far a request of {@see Client::redact()} or {@see Client::exportData()} is.
     *
     * @throws RequestException
     */
    public function privacyRequest(string $id): PrivacyRequest
    {
        return $this->read($this->get(['privacy', $id]), PrivacyRequest::fromArray(...));
    }

    // -------------------------------------------------------------------------------------------------------------- this key

    /**
     * What this key may do, and in which shop.
     *
     * @throws RequestException
     */
    public function ownKey(): OwnPluginKey
    {
        return $this->read($this->sender->send(new Call('GET', '/v1/plugin-key')), OwnPluginKey::fromArray(...));
    }

    /**
     * Revokes this key, and the identity secret that came with it: when the plugin is uninstalled. No call works after it.
     *
     * @throws RequestException
     */
    public function disconnect(): void
    {
        $this->sender->send(new Call('DELETE', '/v1/plugin-key'));
    }

    // ------------------------------------------------------------------------------------------------------ everything else

    /**
     * Calls what has no method here: `$client->request('GET', ['conversations', $id, 'reach'])`.
     *
     * @param list<string>              $path  below /v1/shops/{shop}; each part is encoded
     * @param array<string, string|int> $query
     * @param array<mixed>|object|null  $body  sent as JSON
     *
     * @return mixed the decoded JSON, objects as arrays; null for an empty answer
     *
     * @throws RequestException
     */
    public function request(
        string $method,
        array $path,
        array $query = [],
        array|object|null $body = null,
        ?string $idempotencyKey = null,
    ): mixed {
        $json = $body === null ? null : Json::encode($body);
        $call = new Call(strtoupper($method), $this->path($path), $query, $json, idempotencyKey: $idempotencyKey);
        return $this->decode($this->sender->send($call));
    }

    /** A repeat with a reference is the same request; one without would be a second. */
    private function ask(string $kind, Redaction|DataExport $request): Response
    {
        $once = $request->reference === null;
        return $this->sender->send(new Call('POST', $this->path(['privacy', $kind]), [], Json::encode($request), repeatable: !$once));
    }

    /** @return list<EventResult> */
    private function pushBatch(Batch $batch, string $key): array
    {
        $response = $this->sender->send(new Call('POST', $this->path(['events']), [], $batch->body, idempotencyKey: $key));
        $results = $this->read(
            $response,
            static fn (array $data): array => (new Reader($data, 'EventResults'))->objects('results', EventResult::fromArray(...)),
        );
        if (array_map(static fn (EventResult $result): string => $result->id, $results) !== $batch->ids) {
            throw $this->bad($response, 'The results are not those of the events.');
        }
        return $results;
    }

    private function post(string $conversation, string $kind, Draft|string $draft, ?string $clientId, ?string $to): Entry
    {
        $draft = is_string($draft) ? new Draft(text: $draft) : $draft;
        $entry = new NewEntry($clientId ?? self::newId(), $kind, $draft, $to);
        $path = $this->path(['conversations', $conversation, 'entries']);
        return $this->read($this->sender->send(new Call('POST', $path, [], Json::encode($entry), repeatable: true)), Entry::fromArray(...));
    }

    /** @param array<string, mixed> $patch */
    private function update(string $conversation, array $patch): Conversation
    {
        $call = new Call('PATCH', $this->path(['conversations', $conversation]), [], Json::encode($patch));
        return $this->read($this->sender->send($call), Conversation::fromArray(...));
    }

    /**
     * The items of one page after another, until there is no next one.
     *
     * @template T of object
     *
     * @param list<string>              $path
     * @param array<string, string>     $query
     * @param callable(array<mixed>): T $item
     *
     * @return \Generator<int, T>
     */
    private function pages(array $path, array $query, callable $item): \Generator
    {
        $query['limit'] = $this->options->pageSize;
        for ($next = null;;) {
            $response = $this->get($path, $next === null ? $query : $query + ['cursor' => $next]);
            [$items, $cursor] = $this->read($response, static function (array $data) use ($item): array {
                $in = new Reader($data, 'a list');
                return [$in->objects('items', $item), $in->optionalString('next')];
            });
            foreach ($items as $one) {
                yield $one;
            }
            if ($cursor === null || $cursor === '') {
                return;
            }
            if ($cursor === $next) {
                throw $this->bad($response, 'The list does not go on.');
            }
            $next = $cursor;
        }
    }

    /**
     * @param list<string>              $path
     * @param array<string, string|int> $query
     */
    private function get(array $path, array $query = []): Response
    {
        return $this->sender->send(new Call('GET', $this->path($path), $query));
    }

    /**
     * @template T
     *
     * @param callable(array<mixed>): T $read
     *
     * @return T
     */
    private function read(Response $response, callable $read): mixed
    {
        $data = $this->decode($response);
        if (!is_array($data)) {
            throw $this->bad($response, 'The answer is no object.');
        }
        try {
            return $read($data);
        } catch (MalformedException | MoneyException $e) {
            throw $this->bad($response, $e->getMessage() . '.', $e);
        }
    }

    private function decode(Response $response): mixed
    {
        try {
            return $response->body === '' ? null : Json::decode($response->body);
        } catch (\JsonException $e) {
            throw $this->bad($response, 'The answer is no JSON.', $e);
        }
    }

    private function bad(Response $response, string $message, ?\Throwable $previous = null): BadAnswerException
    {
        $id = $response->header('X-Request-Id');
        $id = $id !== null && preg_match('/^[!-~]{1,100}$/D', $id) === 1 ? $id : null;
        return new BadAnswerException($response->status, 'bad_answer', $message, $id, previous: $previous);
    }

    /** @param list<string> $parts */
    private function path(array $parts): string
    {
        $path = '/v1/shops/' . rawurlencode($this->shop);
        foreach ($parts as $part) {
            // Encoded or not, everybody on the way may take these for steps.
            if (in_array($part, ['', '.', '..'], true)) {
                throw new ConfigurationException('an id must not be empty, "." or ".."');
            }
            $path .= '/' . rawurlencode($part);
        }
        return $path;
    }

    /** @internal */
    public static function userAgent(string $plugin): string
    {
        return trim(sprintf('%s tagalong-php/%s (PHP %s; %s)', $plugin, self::VERSION, PHP_VERSION, PHP_OS_FAMILY));
    }

    private static function newId(): string
    {
        return bin2hex(random_bytes(16));
    }
}
