<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\Product;
use Tagalong\Model\Variant;
use Tagalong\Money;

/**
 * A product as REST (wc/v3) writes one → the neutral one. REST does not know the shop's currency and gives variations by id only; both
 * stand under "tagalong" where the plugin reads it. Pure.
 */
final class ProductMap
{
    public static function product(Fields $p): Product
    {
        $purse = new Purse(strtoupper((string) $p->part('tagalong')->text('currency')));
        $variants = self::variants($p, $purse);
        $prices = array_filter(array_map(static fn (Variant $variant): ?Money => $variant->price, $variants));
        usort($prices, static fn (Money $a, Money $b): int => $a->compare($b));
        $images = $p->parts('images');
        return new Product(
            (string) $p->id('id'),
            title: $p->text('name'),
            handle: $p->text('slug'),
            url: Link::of($p->text('permalink')),
            imageUrl: $images === [] ? null : Link::of($images[0]->text('src')),
            status: $p->text('status') === 'publish' ? 'active' : 'draft',
            priceMin: $prices[0] ?? null,
            priceMax: $prices === [] ? null : end($prices),
            variants: $variants,
            updatedAt: $p->millis('date_modified_gmt'),
        );
    }

    /** @return list<Variant> a product without variations is its own */
    private static function variants(Fields $p, Purse $purse): array
    {
        $parts = array_slice($p->part('tagalong')->parts('variations'), 0, 500);
        return array_map(static fn (Fields $one): Variant => self::variant($one, $purse), $parts === [] ? [$p] : $parts);
    }

    private static function variant(Fields $one, Purse $purse): Variant
    {
        return new Variant(
            (string) $one->id('id'),
            title: $one->text('variant_title'),
            sku: $one->text('sku'),
            price: $purse->money($one->raw('price')),
            available: self::available($one),
        );
    }

    /** Null: the shop does not count it. */
    private static function available(Fields $one): ?int
    {
        return match (true) {
            $one->text('stock_status') === 'outofstock' => 0,
            $one->flag('manage_stock') && $one->raw('stock_quantity') !== null => $one->count('stock_quantity'),
            default => null,
        };
    }
}
