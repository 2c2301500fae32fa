<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A cart or a checkout. A snapshot should give stage and lines.
 */
final class Cart extends Model
{
    /**
     * @param string $externalId The platform's own id, as a string; unique per shop and kind.
     * @param CartStage::*|null $stage
     * @param string|null $parentToken The cart that a checkout grew from.
     * @param CustomerRef|null $customer
     * @param string|null $email
     * @param string|null $phone E.164.
     * @param list<Line>|null $lines At most 500.
     * @param Totals|null $totals
     * @param string|null $recoveryUrl
     * @param int|null $lastActivityAt UTC milliseconds since 1970.
     * @param int|null $completedAt UTC milliseconds since 1970.
     * @param string|null $orderExternalId
     * @param string|null $shopper Id of the shopper whose cart it is.
     * @param bool|null $consentMarketing
     * @param int|null $abandonedAt Since when it counts as abandoned; found by the server.
     */
    public function __construct(
        public readonly string $externalId,
        public readonly ?string $stage = null,
        public readonly ?string $parentToken = null,
        public readonly ?CustomerRef $customer = null,
        public readonly ?string $email = null,
        public readonly ?string $phone = null,
        public readonly ?array $lines = null,
        public readonly ?Totals $totals = null,
        public readonly ?string $recoveryUrl = null,
        public readonly ?int $lastActivityAt = null,
        public readonly ?int $completedAt = null,
        public readonly ?string $orderExternalId = null,
        public readonly ?string $shopper = null,
        public readonly ?bool $consentMarketing = null,
        public readonly ?int $abandonedAt = null,
    ) {
        Check::listOf($lines, Line::class, 'lines');
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
        $in = new Reader($data, 'Cart');
        return new self(
            externalId: $in->string('external_id'),
            stage: $in->optionalString('stage'),
            parentToken: $in->optionalString('parent_token'),
            customer: $in->optionalObject('customer', CustomerRef::fromArray(...)),
            email: $in->optionalString('email'),
            phone: $in->optionalString('phone'),
            lines: $in->optionalObjects('lines', Line::fromArray(...)),
            totals: $in->optionalObject('totals', Totals::fromArray(...)),
            recoveryUrl: $in->optionalString('recovery_url'),
            lastActivityAt: $in->optionalInt('last_activity_at'),
            completedAt: $in->optionalInt('completed_at'),
            orderExternalId: $in->optionalString('order_external_id'),
            shopper: $in->optionalString('shopper'),
            consentMarketing: $in->optionalBool('consent_marketing'),
            abandonedAt: $in->optionalInt('abandoned_at'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'external_id' => $this->externalId,
            'stage' => $this->stage,
            'parent_token' => $this->parentToken,
            'customer' => $this->customer,
            'email' => $this->email,
            'phone' => $this->phone,
            'lines' => $this->lines,
            'totals' => $this->totals,
            'recovery_url' => $this->recoveryUrl,
            'last_activity_at' => $this->lastActivityAt,
            'completed_at' => $this->completedAt,
            'order_external_id' => $this->orderExternalId,
            'shopper' => $this->shopper,
            'consent_marketing' => $this->consentMarketing,
            'abandoned_at' => $this->abandonedAt,
        ]);
    }
}
