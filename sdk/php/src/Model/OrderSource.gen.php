<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * Where the order came from.
 */
final class OrderSource extends Model
{
    /**
     * @param string|null $utmSource
     * @param string|null $utmMedium
     * @param string|null $utmCampaign
     * @param string|null $landing
     * @param string|null $referrer
     * @param string|null $channel
     */
    public function __construct(
        public readonly ?string $utmSource = null,
        public readonly ?string $utmMedium = null,
        public readonly ?string $utmCampaign = null,
        public readonly ?string $landing = null,
        public readonly ?string $referrer = null,
        public readonly ?string $channel = null,
    ) {
    }

    /**
     * Reads it from decoded JSON; fields that it does not know are left out.
     *
     * @param array<mixed> $data
     *
     * @throws \Tagalong\Exception\MalformedException where a field is missing or of another type
     */
    public static function fromArray(array $data): self
    {
        $in = new Reader($data, 'OrderSource');
        return new self(
            utmSource: $in->optionalString('utm_source'),
            utmMedium: $in->optionalString('utm_medium'),
            utmCampaign: $in->optionalString('utm_campaign'),
            landing: $in->optionalString('landing'),
            referrer: $in->optionalString('referrer'),
            channel: $in->optionalString('channel'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'utm_source' => $this->utmSource,
            'utm_medium' => $this->utmMedium,
            'utm_campaign' => $this->utmCampaign,
            'landing' => $this->landing,
            'referrer' => $this->referrer,
            'channel' => $this->channel,
        ]);
    }
}
