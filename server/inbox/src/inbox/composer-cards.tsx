// In the composer: the menu that opens the pickers of products, orders and coupons, and what was picked, above the buttons.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Conversation } from "../api/types";
import { t } from "../i18n";
import { money } from "../i18n/formats";
import { type Extras, hasExtras, removeCard, setCoupon, setOrder } from "../state/extras";
import { IconButton } from "../ui/button";
import { Icon, type IconName } from "../ui/icons";
import { Menu } from "../ui/menu";
import { toast } from "../ui/toast";
import css from "./composer.module.css";
import { askCards, askCompose, type CardKind, cardsAsked } from "./intents";

export const cardKinds: readonly { kind: CardKind; icon: IconName }[] = [
  { kind: "product", icon: "bag" },
  { kind: "order", icon: "truck" },
  { kind: "coupon", icon: "ticket" },
];

const pickers = signal<typeof import("./card-pickers") | undefined>(undefined);

async function load(): Promise<void> {
  try {
    pickers.value ??= await import("./card-pickers");
  } catch {
    cardsAsked.value = undefined;
    toast(t("problem.unreachable"), { tone: "error" });
  }
}

function shut(): void {
  cardsAsked.value = undefined;
}

export function CardMenu({ conversation }: { conversation: Conversation }): JSX.Element {
  const asked = cardsAsked.value;
  useEffect(() => {
    if (asked) void load();
  }, [asked]);
  useEffect(() => shut, []);
  const Picker = pickers.value?.CardPicker;
  return (
    <>
      <Menu
        label={t("cards.label")}
        items={cardKinds.map(({ kind, icon }) => ({
          label: t(`cards.${kind}`),
          icon,
          run: () => askCards(kind),
        }))}
        trigger={(trigger) => (
          <IconButton {...(trigger as object)} icon="bag" label={t("cards.label")} data-testid="card-menu" />
        )}
      />
      {asked && Picker && (
        <Picker
          kind={asked}
          conversation={conversation}
          onClose={() => {
            shut();
            // The dialog gives the focus back first.
            requestAnimationFrame(() => askCompose("reply"));
          }}
        />
      )}
    </>
  );
}

export function ExtraChips({
  conversation,
  extras,
}: {
  conversation: string;
  extras: Extras;
}): JSX.Element | null {
  if (!hasExtras(extras)) return null;
  const { cards, order, coupon } = extras;
  return (
    <ul class={css.files} aria-label={t("cards.chosen")} data-testid="extras">
      {cards.map((card, index) => (
        <Chip
          key={`${card.product}-${card.variant}-${index}`}
          icon={card.buttons ? "cart" : "bag"}
          title={card.title}
          sub={[card.subtitle, card.price && money(card.price)].filter(Boolean).join(" · ")}
          onRemove={() => removeCard(conversation, index)}
        />
      ))}
      {order && (
        <Chip
          icon="truck"
          title={t("message.order", { number: order.number ?? order.external_id })}
          sub={t("cards.order.live")}
          onRemove={() => setOrder(conversation, undefined)}
        />
      )}
      {coupon && (
        <Chip
          icon="ticket"
          title={coupon.code}
          sub={coupon.description ?? ""}
          onRemove={() => setCoupon(conversation, undefined)}
        />
      )}
    </ul>
  );
}

function Chip(props: { icon: IconName; title: string; sub: string; onRemove: () => void }): JSX.Element {
  return (
    <li class={css.file}>
      <span class={css.glyph}>
        <Icon name={props.icon} />
      </span>
      <span class={css.fileText}>
        <bdi>{props.title}</bdi>
        <span class={css.state}>
          <bdi>{props.sub}</bdi>
        </span>
      </span>
      <IconButton
        icon="close"
        size={16}
        label={t("composer.remove", { name: props.title })}
        onClick={props.onRemove}
      />
    </li>
  );
}
