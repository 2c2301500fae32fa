// Which shop a plugin is connected to: one that is there, or a new one with what the plugin knows of it.
import type { JSX } from "preact";
import type { Shop } from "../api/types";
import { language, t } from "../i18n";
import { fieldProblem } from "../i18n/problems";
import { Check, Field } from "../ui/field";
import { TestMark } from "../ui/test-mark";
import css from "./connect.module.css";
import { newShop, type Suggested } from "./request";

export interface Typed {
  name: string;
  origin: string;
  currency: string;
  language: string;
  time_zone: string;
  test: boolean;
}

/** typedOf begins with what the plugin suggests, and fills the rest with what is likely. */
export function typedOf(suggested: Suggested, returnOrigin: string): Typed {
  const origin = suggested.origin || returnOrigin;
  return {
    name: suggested.name || origin.replace(/^https?:\/\/(www\.)?/, ""),
    origin,
    currency: suggested.currency || "EUR",
    language: suggested.language || language.value,
    time_zone: suggested.time_zone || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
    test: suggested.test,
  };
}

interface Props {
  shops: readonly Shop[];
  /** Those at the site where the plugin runs. */
  at: readonly string[];
  choice: string;
  onChoice: (choice: string) => void;
  typed: Typed;
  onTyped: (typed: Typed) => void;
  problem: unknown;
}

export function ShopChoice(props: Props): JSX.Element {
  const { shops, at, choice, onChoice, typed, onTyped, problem } = props;
  // The shops at the plugin's own site first: one of them is meant, most of the time.
  const sorted = [...shops].sort((a, b) => Number(at.includes(b.id)) - Number(at.includes(a.id)));
  return (
    <fieldset class={css.shops}>
      <legend>{t("grant.shop")}</legend>
      {sorted.map((shop) => (
        <label key={shop.id} class={css.shop} data-testid="shop-choice">
          <input type="radio" name="shop" checked={choice === shop.id} onChange={() => onChoice(shop.id)} />
          <span class={css.shopText}>
            <span class={css.shopName}>
              <bdi>{shop.name}</bdi>
              {shop.test && <TestMark />}
            </span>
            <span class={css.sites}>
              <bdi dir="ltr">
                {shop.origins.map((origin) => origin.replace(/^https?:\/\//, "")).join(", ")}
              </bdi>
            </span>
          </span>
        </label>
      ))}
      <label class={css.shop} data-testid="shop-new">
        <input type="radio" name="shop" checked={choice === newShop} onChange={() => onChoice(newShop)} />
        <span class={css.shopText}>
          <span class={css.shopName}>
            {t("grant.new")}
            {choice === newShop && typed.test && <TestMark />}
          </span>
          <span class={css.sites}>{t("grant.new.more")}</span>
        </span>
      </label>
      {choice === newShop && <NewShopFields typed={typed} onTyped={onTyped} problem={problem} />}
    </fieldset>
  );
}

function NewShopFields(props: {
  typed: Typed;
  onTyped: (typed: Typed) => void;
  problem: unknown;
}): JSX.Element {
  const { typed, onTyped, problem } = props;
  const of = (path: string) => fieldProblem(problem, `new_shop.${path}`) ?? fieldProblem(problem, path);
  return (
    <div class={css.fieldsNew}>
      <Field
        label={t("shop.name")}
        required
        maxLength={120}
        value={typed.name}
        problem={of("name")}
        onInput={(event) => onTyped({ ...typed, name: event.currentTarget.value })}
      />
      <Field
        label={t("grant.site")}
        hint={t("grant.site.hint")}
        required
        dir="ltr"
        maxLength={300}
        value={typed.origin}
        problem={of("origins") ?? of("origins[0]")}
        onInput={(event) => onTyped({ ...typed, origin: event.currentTarget.value })}
      />
      <div class={css.pair}>
        <Field
          label={t("shop.currency")}
          required
          minLength={3}
          maxLength={3}
          value={typed.currency}
          problem={of("currency")}
          onInput={(event) => onTyped({ ...typed, currency: event.currentTarget.value })}
        />
        <Field
          label={t("shop.zone")}
          required
          maxLength={64}
          value={typed.time_zone}
          problem={of("time_zone")}
          onInput={(event) => onTyped({ ...typed, time_zone: event.currentTarget.value })}
        />
      </div>
      <Check
        label={t("shop.test.new")}
        hint={t("shop.test.hint")}
        checked={typed.test}
        onChange={(test) => onTyped({ ...typed, test })}
      />
    </div>
  );
}
