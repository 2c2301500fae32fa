<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use DateTimeImmutable;

/** What is known of a change beside the object: when it was noticed, under which id it travels, and why it is told. */
final class Occasion
{
    /**
     * @param string            $id       the event's; a repeat has the same one
     * @param DateTimeImmutable $at       as exactly as is known; decides between states of one second
     * @param bool              $backfill an old state being caught up: it starts no message
     */
    public function __construct(
        public readonly string $id,
        public readonly DateTimeImmutable $at,
        public readonly ?string $hint = null,
        public readonly bool $backfill = false,
    ) {
    }

    /** WooCommerce's own times have seconds; so must a version that is not the object's own, or the object's next one seems older. */
    public function version(): int
    {
        return $this->at->getTimestamp() * 1000;
    }
}
