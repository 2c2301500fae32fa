<?php

declare(strict_types=1);

namespace TagalongChat\Map;

use Tagalong\Model\PostalAddress;

/** An address without its street: enough for an agent, and no more than needed. */
final class Place
{
    public static function of(Fields $address): ?PostalAddress
    {
        $name = trim($address->text('first_name') . ' ' . $address->text('last_name'));
        $country = strtoupper((string) $address->text('country'));
        $postcode = $address->text('postcode');
        $parts = array_filter([
            'name' => $name,
            'city' => $address->text('city'),
            'region' => $address->text('state'),
            'postcode' => $postcode === null ? null : Fields::cut($postcode, 32),
            'country' => preg_match('/^[A-Z]{2}$/D', $country) === 1 ? $country : null,
        ]);
        return $parts === [] ? null : new PostalAddress(...$parts);
    }
}
