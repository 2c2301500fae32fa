// How an order came to where it is: newest first, the last few at once and the rest when asked.
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { Order } from "../api/types";
import { t } from "../i18n";
import { clock, date, dateTime, money } from "../i18n/formats";
import { statusWord, toneOf } from "../orders/status";
import { type Step, stepsOf, type Told } from "../orders/timeline";
import { now } from "../state/clock";
import { cx } from "../ui/cx";
import css from "./order-history.module.css";

const shownFirst = 4;

export function OrderHistory({ order, told }: { order: Order; told: readonly Told[] }): JSX.Element | null {
  const [all, setAll] = useState(false);
  const id = useId();
  const steps = stepsOf(order, told, now.value);
  if (steps.length === 0) return null;
  const shown = all ? steps : steps.slice(0, shownFirst);
  return (
    <section class={css.history} aria-label={t("history.title")} data-testid="order-history">
      <h4>{t("history.title")}</h4>
      <ol id={id}>
        {shown.map((step) => (
          <li key={step.key} class={cx(css.step, css[toneOfStep(step)], step.ahead && css.ahead)}>
            <span class={css.words}>
              <span class={css.what}>{words(step)}</span>
              {(step.note || step.place) && (
                <span class={css.note}>
                  <bdi>{[step.note, step.place].filter(Boolean).join(" · ")}</bdi>
                </span>
              )}
            </span>
            <time
              class={css.at}
              dateTime={new Date(step.at).toISOString()}
              data-tip={dateTime(step.at)}
              {...(step.ahead ? {} : { "aria-label": dateTime(step.at) })}
            >
              {date(step.at)}
              {!step.ahead && <span>{clock(step.at)}</span>}
            </time>
          </li>
        ))}
      </ol>
      {steps.length > shownFirst && (
        <button
          type="button"
          class={css.more}
          aria-expanded={all}
          aria-controls={id}
          onClick={() => setAll(!all)}
        >
          {all ? t("history.less") : t("history.more", { count: steps.length - shownFirst })}
        </button>
      )}
    </section>
  );
}

function words(step: Step): string {
  const text =
    step.what === "scan" && step.status
      ? statusWord("shipment", step.status)
      : step.what === "scan"
        ? t("history.scan")
        : t(`history.${step.what}`, { amount: step.amount ? money(step.amount) : "" }).trim();
  return step.parcel ? `${t("shipment.parcel", { number: step.parcel })}: ${text}` : text;
}

function toneOfStep({ what, status }: Step): "ok" | "warn" | "danger" | "plain" {
  if (what === "delivered") return "ok";
  if (what === "cancelled") return "danger";
  return what === "scan" && status ? toneOf("shipment", status) : "plain";
}
