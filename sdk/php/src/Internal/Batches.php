<?php

declare(strict_types=1);

namespace Tagalong\Internal;

use Tagalong\Exception\ConfigurationException;
use Tagalong\Model\ContextEvent;

/**
 * Cuts events into the bodies of as many requests as are needed.
 *
 * @internal
 */
final class Batches
{
    /** The server's limits on one request. */
    public const MAX_EVENTS = 100;
    public const MAX_BYTES = 256 << 10;

    private const AROUND = '{"events":[]}';

    /** @var list<string> */
    private array $ids = [];
    /** @var list<string> */
    private array $json = [];
    private int $bytes = 0;

    /**
     * Batches in order, and between them each event that fits into none.
     *
     * @param iterable<ContextEvent> $events
     *
     * @return \Generator<int, Batch|ContextEvent>
     */
    public static function of(iterable $events): \Generator
    {
        $open = new self();
        foreach ($events as $event) {
            if (!$event instanceof ContextEvent) {
                throw new ConfigurationException('only objects of ContextEvent are pushed, not ' . get_debug_type($event));
            }
            $json = Json::encode($event);
            if (!$open->fits($json)) {
                yield from $open->flush();
            }
            if ($open->fits($json)) {
                $open->add($event->id, $json);
            } else {
                yield $event;
            }
        }
        yield from $open->flush();
    }

    private function fits(string $json): bool
    {
        $commas = count($this->json);
        return $commas < self::MAX_EVENTS && strlen(self::AROUND) + $this->bytes + $commas + strlen($json) <= self::MAX_BYTES;
    }

    private function add(string $id, string $json): void
    {
        $this->ids[] = $id;
        $this->json[] = $json;
        $this->bytes += strlen($json);
    }

    /** @return \Generator<int, Batch> */
    private function flush(): \Generator
    {
        if ($this->json !== []) {
            yield new Batch($this->ids, '{"events":[' . implode(',', $this->json) . ']}');
        }
        [$this->ids, $this->json, $this->bytes] = [[], [], 0];
    }
}
