<?php

declare(strict_types=1);

namespace TagalongChat\Receive;

use DateTimeImmutable;
use Tagalong\Model\ContextEvent;
use Tagalong\Model\ContextEventType;
use TagalongChat\Map\Events;
use TagalongChat\Map\Fields;
use TagalongChat\Map\Moment;
use TagalongChat\Map\Occasion;

/**
 * The body of a webhook → events. Pure.
 *
 * A payload is built when it is delivered, not when something happened: that of order.created may already say "completed". Snapshots
 * do not mind. What is deleted comes as {"id": 16} and no more.
 */
final class Topics
{
    public const NOUNS = ['order', 'customer', 'product', 'coupon'];

    /**
     * @param string       $noun one of NOUNS; what else there is (action.woocommerce_add_to_cart) tells of no object
     * @param array<mixed> $body
     * @param string       $id   the same for the same delivery
     *
     * @return list<ContextEvent>
     */
    public static function events(Events $events, string $noun, array $body, string $id, DateTimeImmutable $at): array
    {
        $fields = new Fields($body);
        $externalId = (string) $fields->id('id');
        if ($externalId === '' || !in_array($noun, self::NOUNS, true)) {
            return [];
        }
        // A repeat must look the same, whenever it comes.
        $why = new Occasion($id, Moment::of($fields->text('date_modified_gmt')) ?? $at);
        if (array_keys($body) === ['id']) {
            return [$events->deleted(self::deletion($noun), $externalId, $why)];
        }
        return match ($noun) {
            'order' => $events->order($body, $why),
            'customer' => $events->customer($body, $why),
            'product' => $events->product($body, $why),
            'coupon' => $events->coupon($body, $why),
        };
    }

    private static function deletion(string $noun): string
    {
        return match ($noun) {
            'order' => ContextEventType::ORDER_DELETED,
            'customer' => ContextEventType::CUSTOMER_DELETED,
            'product' => ContextEventType::PRODUCT_DELETED,
            'coupon' => ContextEventType::COUPON_DELETED,
        };
    }
}
