<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

use Tagalong\Exception\ConfigurationException;
use Tagalong\Model\EventSource;
use Tagalong\SystemClock;
use TagalongChat\Connection;
use TagalongChat\Map\Events;
use TagalongChat\Plugin;

/** Runs the sender when the clock says so. */
final class Runner
{
    /** Dead rows are kept this long for somebody to see. */
    private const KEEP_DEAD = 30 * 86400;

    public function __construct(private readonly Rows $rows, private readonly State $state)
    {
    }

    public function register(): void
    {
        foreach ([Schedule::FLUSH, Schedule::RETRY, Schedule::SWEEP] as $hook) {
            add_action($hook, fn () => $this->run($hook), 10, 0);
        }
    }

    public function run(string $hook): void
    {
        if ($hook === Schedule::SWEEP) {
            $this->rows->forget(time() - self::KEEP_DEAD);
        }
        $next = $this->sender()?->run();
        if ($next !== null) {
            Schedule::after($hook, $next);
        }
    }

    public static function events(): Events
    {
        return new Events(new EventSource('woocommerce', Plugin::VERSION, defined('WC_VERSION') ? WC_VERSION : null));
    }

    private function sender(): ?Sender
    {
        $snapshots = new Snapshots(self::events(), $this->rows);
        try {
            $client = Connection::load()?->client();
        } catch (ConfigurationException $e) {
            $this->state->write(['stopped' => 'configuration', 'error' => $e->getMessage()] + $this->state->read());
            return null;
        }
        return $client === null
            ? null
            : new Sender($this->rows, $this->state, $client, new SystemClock(), $snapshots->of(...), $snapshots->sent(...));
    }
}
