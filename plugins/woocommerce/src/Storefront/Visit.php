<?php

declare(strict_types=1);

namespace TagalongChat\Storefront;

use TagalongChat\Map\Shopper;
use TagalongChat\Settings;

/** Who is on this request, as far as the widget knows: the shopper's id in a first-party cookie, if they agreed to it. */
final class Visit
{
    public const COOKIE = 'tagalong_shopper';

    public function __construct(private readonly Settings $settings)
    {
    }

    public function shopper(): ?string
    {
        $cookie = $_COOKIE[self::COOKIE] ?? null;
        return $this->settings->linksOrders() && self::hasConsent() ? Shopper::id($cookie) : null;
    }

    /** What a consent plugin says, where there is one that speaks the WP Consent API. */
    public static function hasConsent(): bool
    {
        return !function_exists('wp_has_consent') || (bool) wp_has_consent(self::category());
    }

    public static function category(): string
    {
        return (string) apply_filters('tagalong_chat_consent_category', 'marketing');
    }
}
