<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * What was said; one model on all channels.
 */
final class Message extends Model
{
    /**
     * @param string|null $text Plain text; links are found by the reader.
     * @param string|null $language BCP 47 tag.
     * @param list<Attachment>|null $attachments
     * @param list<Choice>|null $choices
     * @param string|null $choice The id of the choice that the shopper picked.
     * @param list<Card>|null $cards
     * @param CouponOffer|null $coupon
     * @param string|null $order The `external_id` of the order that this is about.
     * @param OrderCard|null $orderCard
     * @param int|null $replyTo Number of an entry in its conversation, as this audience counts.
     * @param TemplateRef|null $template
     * @param bool|null $returnLink It goes out with a button that leads back to the shop's chat; agents only.
     * @param string|null $unsupported The shopper sent something that cannot be shown: the provider's word for it.
     * @param bool|null $forwarded It was said elsewhere first.
     */
    public function __construct(
        public readonly ?string $text = null,
        public readonly ?string $language = null,
        public readonly ?array $attachments = null,
        public readonly ?array $choices = null,
        public readonly ?string $choice = null,
        public readonly ?array $cards = null,
        public readonly ?CouponOffer $coupon = null,
        public readonly ?string $order = null,
        public readonly ?OrderCard $orderCard = null,
        public readonly ?int $replyTo = null,
        public readonly ?TemplateRef $template = null,
        public readonly ?bool $returnLink = null,
        public readonly ?string $unsupported = null,
        public readonly ?bool $forwarded = null,
    ) {
        Check::listOf($attachments, Attachment::class, 'attachments');
        Check::listOf($choices, Choice::class, 'choices');
        Check::listOf($cards, Card::class, 'cards');
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
        $in = new Reader($data, 'Message');
        return new self(
            text: $in->optionalString('text'),
            language: $in->optionalString('language'),
            attachments: $in->optionalObjects('attachments', Attachment::fromArray(...)),
            choices: $in->optionalObjects('choices', Choice::fromArray(...)),
            choice: $in->optionalString('choice'),
            cards: $in->optionalObjects('cards', Card::fromArray(...)),
            coupon: $in->optionalObject('coupon', CouponOffer::fromArray(...)),
            order: $in->optionalString('order'),
            orderCard: $in->optionalObject('order_card', OrderCard::fromArray(...)),
            replyTo: $in->optionalInt('reply_to'),
            template: $in->optionalObject('template', TemplateRef::fromArray(...)),
            returnLink: $in->optionalBool('return_link'),
            unsupported: $in->optionalString('unsupported'),
            forwarded: $in->optionalBool('forwarded'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'text' => $this->text,
            'language' => $this->language,
            'attachments' => $this->attachments,
            'choices' => $this->choices,
            'choice' => $this->choice,
            'cards' => $this->cards,
            'coupon' => $this->coupon,
            'order' => $this->order,
            'order_card' => $this->orderCard,
            'reply_to' => $this->replyTo,
            'template' => $this->template,
            'return_link' => $this->returnLink,
            'unsupported' => $this->unsupported,
            'forwarded' => $this->forwarded,
        ]);
    }
}
