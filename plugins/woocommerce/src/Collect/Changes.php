<?php

declare(strict_types=1);

namespace TagalongChat\Collect;

use DateTimeImmutable;
use TagalongChat\Guard;
use TagalongChat\Outbox\Row;
use TagalongChat\Outbox\Rows;
use TagalongChat\Outbox\Schedule;
use TagalongChat\Outbox\Ulid;

/**
 * What has changed during this request. WooCommerce tells of one order three times and more, and of an update before the creation;
 * at the end of the request each object is one row of the outbox.
 */
final class Changes
{
    /** An import changes thousands of objects in one request. */
    private const MOST = 200;

    /** Seconds that a change may wait for the next: the page of a thank-you changes the order again. */
    private const WAIT = 2;

    /** A cart changes with every click. */
    private const WAIT_CART = 15;

    /** @var array<string, Row> */
    private array $rows = [];

    private bool $waiting = false;

    public function __construct(private readonly Rows $outbox)
    {
    }

    /** @param mixed $id what a hook says; other plugins fire WooCommerce's hooks too, and not always with an id */
    public function note(string $kind, mixed $id, bool $deleted = false, ?string $payload = null): void
    {
        $id = is_int($id) || is_string($id) ? (string) $id : '';
        if ($id === '' || $id === '0' || strlen($id) > 170) {
            return;
        }
        $now = new DateTimeImmutable('now', new \DateTimeZone('UTC'));
        $this->rows["$kind $id"] = new Row($kind, $id, $deleted, Ulid::make($now), $now, $payload);
        if (!$this->waiting) {
            $this->waiting = true;
            // Before WooCommerce stores the session (20), which carries what the cart last told.
            add_action('shutdown', Guard::hook([$this, 'write']), 10, 0);
        }
        if (count($this->rows) >= self::MOST) {
            $this->write();
        }
    }

    public function write(): void
    {
        $now = time();
        $soon = null;
        foreach ($this->rows as $row) {
            $due = $now + ($row->kind === Row::CART ? self::WAIT_CART : self::WAIT);
            $this->outbox->put($row, $due, $now);
            $soon = min($soon ?? $due, $due);
        }
        $this->rows = [];
        if ($soon !== null) {
            Schedule::soon($soon);
        }
    }
}
