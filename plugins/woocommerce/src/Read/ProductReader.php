<?php

declare(strict_types=1);

namespace TagalongChat\Read;

use TagalongChat\Map\Moment;

/** A product of this shop in the form of the REST API, with the shop's currency and its variations under "tagalong". */
final class ProductReader
{
    /** @return array<string, mixed>|null */
    public static function read(int $id): ?array
    {
        $product = wc_get_product($id);
        if ($product instanceof \WC_Product && $product->get_type() === 'variation') {
            $product = wc_get_product($product->get_parent_id());
        }
        return $product instanceof \WC_Product ? self::of($product) : null;
    }

    /** @return array<string, mixed> */
    public static function of(\WC_Product $product): array
    {
        $variable = $product->get_type() === 'variable';
        $variations = $variable ? array_filter(array_map('wc_get_product', array_slice($product->get_children(), 0, 500))) : [];
        return self::stock($product) + [
            'name' => $product->get_name(),
            'slug' => $product->get_slug(),
            'permalink' => $product->get_permalink(),
            'status' => $product->get_status(),
            'date_modified_gmt' => Moment::rest($product->get_date_modified()),
            'images' => array_filter([['src' => self::image($product)]], static fn (array $image): bool => $image['src'] !== null),
            'tagalong' => [
                'currency' => get_woocommerce_currency(),
                'variations' => array_values(array_map(self::variation(...), $variations)),
            ],
        ];
    }

    public static function productOf(\WC_Order_Item_Product $item): ?\WC_Product
    {
        $product = $item->get_product(); // false when it has been deleted since
        return $product instanceof \WC_Product ? $product : null;
    }

    public static function image(?\WC_Product $product): ?string
    {
        $id = (int) $product?->get_image_id();
        $url = $id === 0 ? false : wp_get_attachment_image_url($id, 'woocommerce_thumbnail');
        return is_string($url) && $url !== '' ? $url : null;
    }

    /** @return array<string, mixed> */
    private static function variation(\WC_Product $variation): array
    {
        $attributes = array_filter(array_map('strval', (array) $variation->get_attributes()));
        return self::stock($variation) + ['variant_title' => implode(', ', $attributes)];
    }

    /** @return array<string, mixed> */
    private static function stock(\WC_Product $product): array
    {
        return [
            'id' => $product->get_id(),
            'sku' => $product->get_sku(),
            'price' => $product->get_price(),
            'manage_stock' => (bool) $product->get_manage_stock(),
            'stock_quantity' => $product->get_stock_quantity(),
            'stock_status' => $product->get_stock_status(),
        ];
    }
}
