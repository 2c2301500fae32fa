<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

use DateTimeImmutable;
use Tagalong\Exception\RequestException;
use Tagalong\Exception\TagalongException;
use Tagalong\Model\ContextEvent;
use TagalongChat\Connection;
use TagalongChat\Map\Occasion;
use TagalongChat\Read\CouponReader;
use TagalongChat\Read\OrderReader;
use TagalongChat\Read\ProductReader;
use TagalongChat\Settings;

/**
 * Tells of what was there before: orders, then products and coupons, a page at a time. It does not go through the outbox, so that a
 * long history does not hold up what happens now. Everything is marked as backfill: it starts no message.
 */
final class Backfill
{
    public const OPTION = 'tagalong_chat_backfill';

    private const PAGE = 40;
    private const PATIENCE = 900;
    private const STAGES = ['orders', 'products', 'coupons'];

    public function __construct(private readonly Settings $settings)
    {
    }

    public function register(): void
    {
        add_action(Schedule::BACKFILL, [$this, 'step'], 10, 0);
        add_action(Schedule::SWEEP, [self::class, 'resume'], 10, 0);
    }

    /** @param int $days how far back; 0 for everything */
    public static function start(int $days): void
    {
        self::plan([
            'run' => Ulid::make(new DateTimeImmutable()),
            'since' => $days === 0 ? 0 : time() - $days * DAY_IN_SECONDS,
            'stage' => 'orders', 'page' => 1, 'sent' => 0, 'failures' => 0, 'state' => 'running', 'error' => '',
        ], time());
    }

    /** @return array<string, mixed>|null run, since, stage, page, sent, failures, state, error, due */
    public static function progress(): ?array
    {
        $kept = get_option(self::OPTION);
        return is_array($kept) && isset($kept['run']) ? $kept : null;
    }

    /** The step that should come next was lost: its process was killed, or the plugin was inactive for a while. */
    public static function resume(): void
    {
        $at = self::progress();
        if ($at !== null && $at['state'] === 'running' && $at['due'] < time() - self::PATIENCE) {
            self::plan($at, time());
        }
    }

    public static function stop(): void
    {
        delete_option(self::OPTION);
    }

    public function step(): void
    {
        $at = self::progress();
        $connection = Connection::load();
        if ($at === null || $at['state'] !== 'running' || $connection === null) {
            return;
        }
        try {
            [$events, $more] = $this->page($at);
            $results = $connection->client()->pushEvents($events);
            $applied = array_filter($results, static fn (object $result): bool => $result->outcome !== 'invalid');
            $at = ['sent' => $at['sent'] + count($applied), 'failures' => 0, 'error' => ''] + $at;
            $at = $more ? ['page' => $at['page'] + 1] + $at : self::next($at);
            $due = time();
        } catch (TagalongException $e) {
            [$at, $due] = self::failed($at, $e);
        }
        self::plan($at, $due);
    }

    /** @param array<string, mixed> $at */
    private static function plan(array $at, int $due): void
    {
        update_option(self::OPTION, ['due' => $due] + $at, false);
        if ($at['state'] === 'running') {
            Schedule::backfill($due);
        }
    }

    /**
     * @param array<string, mixed> $at
     *
     * @return array{list<ContextEvent>, bool} and whether there may be more of this stage
     */
    private function page(array $at): array
    {
        $objects = match ($at['stage']) {
            'orders' => self::orders((int) $at['since'], (int) $at['page']),
            'products' => $this->settings->sendsCatalog() ? self::products((int) $at['page']) : [],
            'coupons' => $this->settings->sendsCatalog() ? self::coupons((int) $at['page']) : [],
        };
        $map = Runner::events();
        $now = new DateTimeImmutable('now', new \DateTimeZone('UTC'));
        $events = [];
        foreach (array_filter($objects) as $object) {
            $why = new Occasion("woo:$at[run]:$at[stage]:$object[id]", $now, backfill: true);
            try {
                $own = match ($at['stage']) {
                    'orders' => $map->order($object, $why),
                    'products' => $map->product($object, $why),
                    'coupons' => $map->coupon($object, $why),
                };
            } catch (\Throwable) { // one object that other plugins have made strange must not end the history
                continue;
            }
            array_push($events, ...$own);
        }
        return [$events, count($objects) >= self::PAGE];
    }

    /** @return list<array<string, mixed>> */
    private static function orders(int $since, int $page): array
    {
        $orders = wc_get_orders([
            'type' => 'shop_order',
            'status' => array_diff(array_keys(wc_get_order_statuses()), ['wc-checkout-draft']),
            'limit' => self::PAGE,
            'page' => $page,
            'orderby' => 'ID', // new orders come after the last page
            'order' => 'ASC',
        ] + ($since === 0 ? [] : ['date_created' => ">=$since"]));
        return array_map(OrderReader::of(...), array_values(array_filter($orders, static fn (mixed $o): bool => $o instanceof \WC_Order)));
    }

    /** @return list<array<string, mixed>> */
    private static function products(int $page): array
    {
        $found = wc_get_products(['limit' => self::PAGE, 'page' => $page, 'orderby' => 'ID', 'order' => 'ASC', 'status' => 'publish']);
        return array_map(ProductReader::of(...), array_values($found));
    }

    /** @return list<array<string, mixed>|null> */
    private static function coupons(int $page): array
    {
        $ids = get_posts([
            'post_type' => 'shop_coupon', 'post_status' => 'publish', 'numberposts' => self::PAGE, 'offset' => ($page - 1) * self::PAGE,
            'orderby' => 'ID', 'order' => 'ASC', 'fields' => 'ids',
        ]);
        return array_map(CouponReader::read(...), array_map('intval', $ids));
    }

    /**
     * @param array<string, mixed> $at
     *
     * @return array<string, mixed>
     */
    private static function next(array $at): array
    {
        $stage = self::STAGES[(int) array_search($at['stage'], self::STAGES, true) + 1] ?? null;
        return ($stage === null ? ['state' => 'done'] : ['stage' => $stage, 'page' => 1]) + $at;
    }

    /**
     * @param array<string, mixed> $at
     *
     * @return array{array<string, mixed>, int}
     */
    private static function failed(array $at, TagalongException $e): array
    {
        $failures = $at['failures'] + 1;
        $again = $e instanceof RequestException && Sender::mayPass($e) && $failures <= 12;
        $delay = Backoff::delay($failures, $e instanceof RequestException ? $e->retryAfter : null);
        return [['failures' => $failures, 'state' => $again ? 'running' : 'failed', 'error' => $e->getMessage()] + $at, time() + $delay];
    }
}
