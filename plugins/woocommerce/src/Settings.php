<?php

declare(strict_types=1);

namespace TagalongChat;

/** What the merchant has chosen. Nothing of it is secret. */
final class Settings
{
    public const OPTION = 'tagalong_chat_settings';
    public const LOADER = 'tagalong_chat_loader';

    private const DEFAULTS = [
        'widget' => true,
        'link_orders' => true,
        'carts' => true,
        'customers' => true,
        'catalog' => true,
        'identity' => true,
    ];

    /** @return array<string, bool> */
    public function all(): array
    {
        $kept = get_option(self::OPTION, []);
        return array_map('boolval', array_intersect_key(is_array($kept) ? $kept : [], self::DEFAULTS)) + self::DEFAULTS;
    }

    /**
     * What a form sent, as it is kept: a box that is not ticked is not sent.
     *
     * @return array<string, bool>
     */
    public static function clean(mixed $sent): array
    {
        $sent = is_array($sent) ? $sent : [];
        return array_map(static fn (string $name): bool => !empty($sent[$name]), array_combine(self::names(), self::names()));
    }

    /** @return list<string> */
    public static function names(): array
    {
        return array_keys(self::DEFAULTS);
    }

    public function showsWidget(): bool
    {
        return $this->all()['widget'];
    }

    public function linksOrders(): bool
    {
        return $this->all()['link_orders'];
    }

    public function sendsCarts(): bool
    {
        return $this->all()['carts'];
    }

    public function sendsCustomers(): bool
    {
        return $this->all()['customers'];
    }

    public function sendsCatalog(): bool
    {
        return $this->all()['catalog'];
    }

    public function identifies(): bool
    {
        return $this->all()['identity'];
    }

    /** Empty where this site is not connected: what every page may ask without reading the key. */
    public static function loaderUrl(): string
    {
        return (string) get_option(self::LOADER, '');
    }
}
