// Fields that a connection has whether it is being made or changed: which shops it serves, what its messages cost.
import type { JSX } from "preact";
import type { Account, Prices, TemplateCategory } from "../api/channels";
import { t } from "../i18n";
import { fieldProblem } from "../i18n/problems";
import { shops } from "../state/session";
import { Check, Field, Select } from "../ui/field";
import { amountOf, plainOf } from "./amount";
import css from "./settings.module.css";

interface ShopsProps {
  chosen: readonly string[];
  first: string;
  onChange: (chosen: string[], first: string) => void;
  problem: unknown;
}

/** The shops that an account serves, and the one that gets whom nothing leads to another. */
export function ShopsField({ chosen, first, onChange, problem }: ShopsProps): JSX.Element {
  const toggle = (id: string, on: boolean) => {
    const next = on ? [...chosen, id] : chosen.filter((one) => one !== id);
    onChange(next, next.includes(first) ? first : (next[0] ?? ""));
  };
  return (
    <>
      <fieldset class={css.fieldset}>
        <legend>{t("account.shops")}</legend>
        <div class={css.chips}>
          {shops.value.map((shop) => (
            <Check
              key={shop.id}
              label={shop.name}
              checked={chosen.includes(shop.id)}
              onChange={(on) => toggle(shop.id, on)}
            />
          ))}
        </div>
        {(fieldProblem(problem, "shops") || chosen.length === 0) && (
          <p class={css.small}>{fieldProblem(problem, "shops") ?? t("account.shops.none")}</p>
        )}
      </fieldset>
      {chosen.length > 1 && (
        <Select
          label={t("account.default")}
          hint={t("account.default.hint")}
          value={first}
          options={chosen.map((id) => ({
            value: id,
            label: shops.value.find((shop) => shop.id === id)?.name ?? id,
          }))}
          onChange={(id) => onChange([...chosen], id)}
        />
      )}
    </>
  );
}

export const categories: readonly TemplateCategory[] = ["service", "utility", "marketing", "authentication"];

export interface PriceTexts {
  currency: string;
  amounts: Partial<Record<TemplateCategory, string>>;
}

export function priceTexts(account: Account | undefined): PriceTexts {
  const prices: Prices = account?.prices ?? {};
  const currency = Object.values(prices)[0]?.currency ?? shops.value[0]?.currency ?? "EUR";
  return {
    currency,
    amounts: Object.fromEntries(categories.map((one) => [one, plainOf(prices[one])])),
  };
}

/** pricesOf reads what was typed; undefined: one of them is no amount. */
export function pricesOf({ currency, amounts }: PriceTexts): Prices | undefined {
  const prices: Prices = {};
  for (const category of categories) {
    const text = amounts[category]?.trim();
    if (!text) continue;
    const amount = amountOf(text, currency);
    if (amount === undefined) return undefined;
    prices[category] = { amount, currency };
  }
  return prices;
}

export function PricesField(props: {
  value: PriceTexts;
  onChange: (value: PriceTexts) => void;
  only?: readonly TemplateCategory[];
}): JSX.Element {
  const { value, onChange, only = categories } = props;
  const bad = (text: string | undefined) =>
    text?.trim() && amountOf(text, value.currency) === undefined ? t("account.price.bad") : undefined;
  return (
    <div class={css.pair}>
      <Field
        label={t("shop.currency")}
        maxLength={3}
        minLength={3}
        value={value.currency}
        onInput={(event) => onChange({ ...value, currency: event.currentTarget.value.toUpperCase() })}
      />
      {only.map((category) => (
        <Field
          key={category}
          label={t(`category.${category}`)}
          placeholder="0.00"
          maxLength={12}
          value={value.amounts[category] ?? ""}
          problem={bad(value.amounts[category])}
          onInput={(event) =>
            onChange({ ...value, amounts: { ...value.amounts, [category]: event.currentTarget.value } })
          }
        />
      ))}
    </div>
  );
}
