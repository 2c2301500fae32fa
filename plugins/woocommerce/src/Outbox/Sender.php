<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

use Tagalong\Client;
use Tagalong\Clock;
use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\RequestException;
use Tagalong\Exception\TagalongException;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\EventOutcome;
use Tagalong\Model\EventResult;
use Tagalong\Model\Redaction;

/**
 * Empties the outbox. Several may run at once: each row is claimed by one.
 *
 * What fails for now waits longer and longer, for a day; what was refused is dead at once. A key that is no longer good stops all
 * sending until somebody connects anew.
 */
final class Sender
{
    private const BATCH = 50;

    /** Longer than a batch can take with all its tries. */
    private const LEASE = 300;

    /** The key is gone, lacks a scope, or its shop is gone. */
    private const STOPS = [401, 403, 404, 410];

    /**
     * @param \Closure(Row): list<ContextEvent> $events reads the object and maps it
     * @param \Closure(Row): void               $sent   is told of rows that Tagalong has taken
     */
    public function __construct(
        private readonly Rows $rows,
        private readonly State $state,
        private readonly Client $client,
        private readonly Clock $clock,
        private readonly \Closure $events,
        private readonly \Closure $sent,
    ) {
    }

    /** Sends what is due, for about $seconds at most; when to come back, or null for no need. */
    public function run(float $seconds = 20.0): ?int
    {
        $end = $this->clock->elapsed() + $seconds;
        while ($this->mayGo() && $this->clock->elapsed() < $end) {
            $rows = $this->rows->claim($this->now(), $this->now() + self::LEASE, self::BATCH);
            if ($rows === []) {
                break;
            }
            $this->send($rows);
        }
        $state = $this->state->read();
        $due = $this->rows->nextDue();
        return $state['stopped'] !== '' || $due === null ? null : max($due, $state['until'], $this->now());
    }

    private function mayGo(): bool
    {
        $state = $this->state->read();
        return $state['stopped'] === '' && $state['until'] <= $this->now();
    }

    /** @param list<Row> $rows */
    private function send(array $rows): void
    {
        $redactions = array_filter($rows, static fn (Row $row): bool => $row->kind === Row::REDACT);
        $push = array_filter($rows, static fn (Row $row): bool => $row->kind !== Row::REDACT);
        if ($push !== []) {
            $this->mayGo() ? $this->push(array_values($push)) : $this->wait($push);
        }
        foreach ($redactions as $row) { // last: what was told with them is of the same people
            $this->mayGo() ? $this->redact($row) : $this->wait([$row]);
        }
    }

    /** @param array<Row> $rows */
    private function wait(array $rows): void
    {
        foreach ($rows as $row) {
            $this->rows->retry($row, max($this->now(), $this->state->read()['until']), '');
        }
    }

    /** @param list<Row> $rows */
    private function push(array $rows): void
    {
        [$events, $owners] = $this->build($rows);
        $left = [];
        foreach ($owners as [$row, $ids]) {
            $left[$row->eventId] = [$row, array_flip($ids), ''];
        }
        try {
            foreach ($this->client->streamEvents($events) as $result) {
                $this->settle($left, $result);
            }
            $this->ok();
        } catch (RequestException $e) {
            $this->refused(array_column($left, 0), $e);
        } catch (TagalongException $e) {
            array_map(fn (array $one) => $this->rows->kill($one[0], $e->getMessage()), $left);
        }
    }

    /**
     * @param list<Row> $rows
     *
     * @return array{list<ContextEvent>, list<array{Row, list<string>}>}
     */
    private function build(array $rows): array
    {
        $events = $owners = [];
        foreach ($rows as $row) {
            try {
                $own = ($this->events)($row);
            } catch (\Throwable $e) { // an object that other plugins have made strange must not hold up the others
                $this->rows->kill($row, $e::class . ': ' . $e->getMessage());
                continue;
            }
            if ($own === []) {
                $this->rows->done($row);
                continue;
            }
            array_push($events, ...$own);
            $owners[] = [$row, array_map(static fn (ContextEvent $event): string => $event->id, $own)];
        }
        return [$events, $owners];
    }

    /** @param array<string, array{Row, array<string, int>, string}> $left rows, and which of their events have no result yet */
    private function settle(array &$left, EventResult $result): void
    {
        foreach ($left as $key => [$row, $ids, $error]) {
            if (!isset($ids[$result->id])) {
                continue;
            }
            unset($left[$key][1][$result->id]);
            if ($result->outcome === EventOutcome::INVALID && $error === '') {
                $left[$key][2] = self::reason($result);
            }
            if ($left[$key][1] === []) {
                $left[$key][2] === '' ? $this->finish($row) : $this->rows->kill($row, $left[$key][2]);
                unset($left[$key]);
            }
            return;
        }
    }

    private function finish(Row $row): void
    {
        ($this->sent)($row);
        $this->rows->done($row);
    }

    private function redact(Row $row): void
    {
        try {
            $this->client->redact(Redaction::fromArray((array) json_decode((string) $row->payload, true)));
            $this->rows->done($row);
            $this->ok();
        } catch (RequestException $e) {
            $this->refused([$row], $e);
        } catch (TagalongException $e) {
            $this->rows->kill($row, $e->getMessage());
        }
    }

    /** @param list<Row> $rows */
    private function refused(array $rows, RequestException $e): void
    {
        if (self::mayPass($e)) {
            $this->later($rows, $e);
        } elseif (in_array($e->status, self::STOPS, true)) {
            $this->stop($rows, $e);
        } elseif (count($rows) === 1) {
            $this->rows->kill($rows[0], $e->getMessage());
        } else {
            foreach ($rows as $row) { // one of them spoils the batch; find it
                $this->send([$row]);
            }
        }
    }

    /** No answer, one that asks for patience, or one that is not Tagalong's: a proxy's page. */
    public static function mayPass(RequestException $e): bool
    {
        return $e->isTemporary() || $e->status === 0 || $e instanceof BadAnswerException;
    }

    /** @param list<Row> $rows */
    private function later(array $rows, RequestException $e): void
    {
        $state = $this->state->read();
        $failures = $state['failures'] + 1;
        $until = $this->now() + Backoff::delay($failures, $e->retryAfter);
        $this->state->write(['failures' => $failures, 'until' => $until, 'error' => $e->getMessage()] + $state);
        foreach ($rows as $row) {
            Backoff::isOver($row->firstAt, $this->now())
                ? $this->rows->kill($row, $e->getMessage())
                : $this->rows->retry($row, $until, $e->getMessage());
        }
    }

    /** @param list<Row> $rows */
    private function stop(array $rows, RequestException $e): void
    {
        $this->state->write(['stopped' => $e->errorCode, 'error' => $e->getMessage()] + $this->state->read());
        foreach ($rows as $row) {
            $this->rows->retry($row, $this->now(), $e->getMessage());
        }
    }

    private function ok(): void
    {
        $this->state->write(['failures' => 0, 'until' => 0, 'stopped' => '', 'error' => '', 'last' => $this->now()]);
    }

    private function now(): int
    {
        return (int) floor($this->clock->now());
    }

    private static function reason(EventResult $result): string
    {
        $field = $result->error?->fields[0] ?? null;
        return trim(($result->error?->code ?? 'invalid') . ($field === null ? '' : " $field->path: $field->message"));
    }
}
