<?php

declare(strict_types=1);

namespace TagalongChat\Map;

/**
 * The names and pages behind the short names that the Shipment Tracking plugins keep. They look both up when they show a parcel, and
 * keep neither. A short name that is not here is shown as it is, without a link: a wrong page is worse than none.
 */
final class Carriers
{
    private const DHL_DE = 'https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=';
    private const DHL = 'https://www.dhl.com/global-en/home/tracking.html?tracking-id=';

    private const KNOWN = [
        'australia-post' => ['Australia Post', 'https://auspost.com.au/mypost/track/#/details/'],
        'canada-post' => ['Canada Post', 'https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor='],
        'deutsche-post-dhl' => ['DHL', self::DHL_DE],
        'dhl' => ['DHL', self::DHL],
        'dhl-de' => ['DHL', self::DHL_DE],
        'dhl-express' => ['DHL Express', self::DHL],
        'dhl-us' => ['DHL', self::DHL],
        'dpd-de' => ['DPD', 'https://tracking.dpd.de/status/en_US/parcel/'],
        'fedex' => ['FedEx', 'https://www.fedex.com/fedextrack/?trknbr='],
        'gls' => ['GLS', 'https://gls-group.com/EU/en/parcel-tracking?match='],
        'la-poste' => ['La Poste', 'https://www.laposte.fr/outils/suivre-vos-envois?code='],
        'royal-mail' => ['Royal Mail', 'https://www.royalmail.com/track-your-item#/tracking-results/'],
        'ups' => ['UPS', 'https://www.ups.com/track?tracknum='],
        'usps' => ['USPS', 'https://tools.usps.com/go/TrackConfirmAction?tLabels='],
    ];

    public static function name(?string $code): ?string
    {
        return self::KNOWN[strtolower($code ?? '')][0] ?? $code;
    }

    public static function link(?string $code, string $number): ?string
    {
        $page = self::KNOWN[strtolower($code ?? '')][1] ?? null;
        return $page === null ? null : Link::of($page . rawurlencode($number));
    }
}
