// The lines of an order or a cart.
import type { JSX } from "preact";
import type { Line } from "../api/types";
import { t } from "../i18n";
import { money, number } from "../i18n/formats";
import { cx } from "../ui/cx";
import css from "./orders.module.css";
import { Outside } from "./outside";
import { Picture } from "./picture";

export function Lines({ lines, label }: { lines: readonly Line[]; label: string }): JSX.Element {
  return (
    <ul class={css.lines} aria-label={label}>
      {lines.map((line, index) => (
        <LineView key={line.external_id ?? index} line={line} />
      ))}
    </ul>
  );
}

function LineView({ line }: { line: Line }): JSX.Element {
  const current = line.quantity_current ?? line.quantity;
  const gone = current === 0;
  const variant = [line.variant_title, line.sku].filter(Boolean).join(" · ");
  const amount = line.total ?? line.unit_price;
  return (
    <li class={cx(gone && css.removed)}>
      <span class={css.pictured}>
        <Picture address={line.image_url} alt="" size={40} />
        {current > 1 && (
          <span class={css.quantity}>
            <span aria-hidden="true">{number(current)}</span>
            <span class="sr">{t("line.quantity", { count: current })}</span>
          </span>
        )}
      </span>
      <span class={css.lineText}>
        <Outside href={line.url} class={css.lineTitle}>
          <bdi>{line.title}</bdi>
        </Outside>
        {variant && (
          <span class={css.sub}>
            <bdi>{variant}</bdi>
          </span>
        )}
        <Quantities line={line} current={current} />
      </span>
      <span class={css.amount}>
        {amount && money(amount)}
        {line.total && line.unit_price && line.quantity > 1 && (
          <span class={css.each}>{t("line.each", { price: money(line.unit_price) })}</span>
        )}
      </span>
    </li>
  );
}

/** What an agent would otherwise have to work out: what was taken away again, and how much has left the house. */
function Quantities({ line, current }: { line: Line; current: number }): JSX.Element | null {
  const { quantity, quantity_fulfilled: sent } = line;
  const words: string[] = [];
  if (current === 0) words.push(t("line.removed"));
  else if (current < quantity) words.push(t("line.reduced", { count: quantity }));
  if (sent !== undefined && sent > 0 && current > 0)
    words.push(sent >= current ? t("line.sent") : t("line.sent.part", { sent, count: current }));
  if (words.length === 0) return null;
  return <span class={css.sub}>{words.join(" · ")}</span>;
}
