<?php

declare(strict_types=1);

namespace TagalongChat\Read;

/**
 * The link that puts an abandoned cart together again, on any device. It names goods and nobody: all that it holds is which products,
 * and how many. Signed, so that a link from elsewhere cannot fill carts.
 */
final class Recovery
{
    public const QUERY = 'tagalong_cart';

    private const LIFETIME = 30 * 86400;
    private const MOST = 40;

    /** @param list<array{int, int, int}> $items product, variation or 0, quantity */
    public static function link(array $items): ?string
    {
        return $items === [] ? null : self::address(self::token($items, time() + self::LIFETIME, wp_salt('auth')));
    }

    public static function ofOrder(\WC_Order $order): ?string
    {
        if ($order->get_status() !== 'checkout-draft') {
            return null;
        }
        $items = [];
        foreach ($order->get_items('line_item') as $item) {
            if ($item instanceof \WC_Order_Item_Product) {
                $items[] = [$item->get_product_id(), $item->get_variation_id(), (int) $item->get_quantity()];
            }
        }
        return self::link($items);
    }

    /** @param list<array{int, int, int}> $items */
    public static function token(array $items, int $expires, #[\SensitiveParameter] string $key): string
    {
        $content = self::encode((string) json_encode([$expires, array_slice($items, 0, self::MOST)]));
        return $content . '.' . self::encode(hash_hmac('sha256', "tagalong-chat cart $content", $key, true));
    }

    /** @return list<array{int, int, int}>|null null for a link that is not ours, or is over */
    public static function items(string $token, int $now, #[\SensitiveParameter] string $key): ?array
    {
        [$content, $signature] = explode('.', $token, 2) + [1 => ''];
        $right = self::encode(hash_hmac('sha256', "tagalong-chat cart $content", $key, true));
        if (strlen($token) > 2000 || !hash_equals($right, $signature)) {
            return null;
        }
        [$expires, $items] = (array) json_decode((string) base64_decode(strtr($content, '-_', '+/')), true) + [0, []];
        return $expires > $now ? $items : null;
    }

    private static function address(string $token): string
    {
        return add_query_arg(
            // So that the shop's own statistics name what brought the sale.
            [self::QUERY => $token, 'utm_source' => 'tagalong-chat', 'utm_medium' => 'chat', 'utm_campaign' => 'cart'],
            home_url('/'),
        );
    }

    private static function encode(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
