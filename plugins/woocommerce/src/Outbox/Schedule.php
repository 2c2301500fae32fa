<?php

declare(strict_types=1);

namespace TagalongChat\Outbox;

/**
 * When the outbox is emptied: by Action Scheduler where WooCommerce brings it, by WP-Cron otherwise.
 *
 * Action Scheduler does not repeat what failed, and counts a running action as a duplicate of itself. So there are two hooks for the
 * same work: changes ask for FLUSH, and whoever has just run asks for the other one. A sweep every ten minutes finds what both have
 * missed: the rows of a process that was killed.
 */
final class Schedule
{
    public const FLUSH = 'tagalong_chat_flush';
    public const RETRY = 'tagalong_chat_retry';
    public const SWEEP = 'tagalong_chat_sweep';
    public const BACKFILL = 'tagalong_chat_backfill';
    public const GROUP = 'tagalong-chat';

    private const OFTEN = 600;
    private const ALL = [self::FLUSH, self::RETRY, self::SWEEP, self::BACKFILL];

    /** Something has changed. */
    public static function soon(int $at): void
    {
        if (self::hasActionScheduler()) {
            as_schedule_single_action($at, self::FLUSH, [], self::GROUP, true);
        } elseif (wp_next_scheduled(self::FLUSH) === false) {
            wp_schedule_single_event($at, self::FLUSH);
        }
    }

    /** $hook has run, and there is more to do at this time. */
    public static function after(string $hook, int $at): void
    {
        self::replace($hook === self::RETRY ? self::FLUSH : self::RETRY, $at);
    }

    /** The next page of the history. Its place is in an option: arguments over 8,000 characters are refused silently. */
    public static function backfill(int $at): void
    {
        if (self::hasActionScheduler()) {
            // Not unique: this is asked for by the one that runs.
            as_schedule_single_action($at, self::BACKFILL, [], self::GROUP);
        } else {
            wp_schedule_single_event($at, self::BACKFILL, [(string) $at]); // WP-Cron refuses the same within ten minutes
        }
    }

    public static function sweep(): void
    {
        if (wp_next_scheduled(self::SWEEP) === false) {
            wp_schedule_event(time() + self::OFTEN, self::GROUP, self::SWEEP);
        }
    }

    /**
     * The filter cron_schedules. Its words are shown by tools for developers only.
     *
     * @param array<string, mixed> $all
     *
     * @return array<string, mixed>
     */
    public static function intervals(array $all): array
    {
        return $all + [self::GROUP => ['interval' => self::OFTEN, 'display' => 'Tagalong Chat']];
    }

    public static function clear(): void
    {
        foreach (self::ALL as $hook) {
            wp_unschedule_hook($hook);
            if (function_exists('as_unschedule_all_actions')) {
                as_unschedule_all_actions($hook, [], self::GROUP);
            }
        }
    }

    private static function replace(string $hook, int $at): void
    {
        if (self::hasActionScheduler()) {
            as_unschedule_all_actions($hook, [], self::GROUP);
            as_schedule_single_action($at, $hook, [], self::GROUP, true);
        } else {
            wp_clear_scheduled_hook($hook);
            wp_schedule_single_event($at, $hook);
        }
    }

    private static function hasActionScheduler(): bool
    {
        // Before its tables are known it only complains.
        return function_exists('as_schedule_single_action') && did_action('action_scheduler_init') > 0;
    }
}
