<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

use Tagalong\Internal\Check;
use Tagalong\Internal\Json;
use Tagalong\Internal\Model;
use Tagalong\Internal\Reader;

/**
 * A message to be. Something of text, attachments, cards, coupon, order, choice or template must be there. Shoppers may send text,
 * language, attachment_ids, choice, order and reply_to; the rest is for agents and plugins. With a template its text is the
 * message's, and nothing else is taken but `return_link`.
 */
final class Draft extends Model
{
    /**
     * @param string|null $text At most 8,000 code points and 32,000 bytes of UTF-8.
     * @param string|null $language BCP 47 tag.
     * @param list<string>|null $attachmentIds At most 10.
     * @param list<Choice>|null $choices At most 13.
     * @param string|null $choice The id of a choice of the message named by `reply_to`.
     * @param list<Card>|null $cards At most 10.
     * @param CouponOffer|null $coupon
     * @param string|null $order The `external_id` of an order of this shopper. A plugin key needs `context:read` or `context:write`
     *   for it.
     * @param int|null $replyTo Number of an entry in its conversation, as this audience counts.
     * @param TemplateUse|null $template
     * @param bool|null $returnLink Add a button that leads back to the shop's chat; without effect on the web.
     */
    public function __construct(
        public readonly ?string $text = null,
        public readonly ?string $language = null,
        public readonly ?array $attachmentIds = null,
        public readonly ?array $choices = null,
        public readonly ?string $choice = null,
        public readonly ?array $cards = null,
        public readonly ?CouponOffer $coupon = null,
        public readonly ?string $order = null,
        public readonly ?int $replyTo = null,
        public readonly ?TemplateUse $template = null,
        public readonly ?bool $returnLink = null,
    ) {
        Check::listOf($attachmentIds, 'string', 'attachmentIds');
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
        $in = new Reader($data, 'Draft');
        return new self(
            text: $in->optionalString('text'),
            language: $in->optionalString('language'),
            attachmentIds: $in->optionalStrings('attachment_ids'),
            choices: $in->optionalObjects('choices', Choice::fromArray(...)),
            choice: $in->optionalString('choice'),
            cards: $in->optionalObjects('cards', Card::fromArray(...)),
            coupon: $in->optionalObject('coupon', CouponOffer::fromArray(...)),
            order: $in->optionalString('order'),
            replyTo: $in->optionalInt('reply_to'),
            template: $in->optionalObject('template', TemplateUse::fromArray(...)),
            returnLink: $in->optionalBool('return_link'),
        );
    }

    public function jsonSerialize(): object
    {
        return Json::object([
            'text' => $this->text,
            'language' => $this->language,
            'attachment_ids' => $this->attachmentIds,
            'choices' => $this->choices,
            'choice' => $this->choice,
            'cards' => $this->cards,
            'coupon' => $this->coupon,
            'order' => $this->order,
            'reply_to' => $this->replyTo,
            'template' => $this->template,
            'return_link' => $this->returnLink,
        ]);
    }
}
