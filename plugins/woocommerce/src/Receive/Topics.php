<?php

declare(strict_types=1);

namespace TagalongChat\Receive;

use Tagalong\Model\ContextEvent;
use Tagalong\Model\ContextEventType;
use TagalongChat\Map\Events;
use TagalongChat\Map\Fields;
use TagalongChat\Map\Moment;
use TagalongChat\Map\Occasion;

/**
 * WooCommerce's webhook topics → events. Pure.
 *
 * A payload is built when it is delivered, not when something happened: order.created may say "completed". That does no harm to
 * snapshots.
 */
final class Topics
{
    /**
     * @param array<mixed>       $body
     * @param \DateTimeImmutable $at   when it was received
     *
     * @return list<ContextEvent> none for topics that say nothing of an object, as action.woocommerce_add_to_cart
     */
    public static function events(Events $events, string $topic, array $body, string $id, \DateTimeImmutable $at): array
    {
        // What is older than its own "modified" did not happen when it was delivered; a repeat must look the same.
        $modified = Moment::of((new Fields($body))->text('date_modified_gmt'));
        $why = new Occasion($id, $modified ?? $at, hint: substr($topic, 0, 50));
        [$noun, $verb] = explode('.', $topic, 2) + [1 => ''];
        $externalId = (string) (new Fields($body))->id('id');
        if ($externalId === '') {
            return [];
        }
        if ($verb === 'deleted') {
            $type = "$noun.deleted";
            $known = in_array($type, (new \ReflectionClass(ContextEventType::class))->getConstants(), true);
            return $known ? [$events->deleted($type, $externalId, $why)] : [];
        }
        return match ($noun) {
            'order' => $events->order($body, $why),
            'customer' => $events->customer($body, $why),
            'product' => $events->product($body, $why),
            'coupon' => $events->coupon($body, $why),
            default => [],
        };
    }
}
