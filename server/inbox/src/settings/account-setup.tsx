// How a connection is set up: its names, its token, the shops that it serves, what its messages cost.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Account, AccountPatch } from "../api/channels";
import { api, url } from "../api/client";
import { has, t } from "../i18n";
import { failureText, fieldProblem } from "../i18n/problems";
import { Button } from "../ui/button";
import { Check, Field } from "../ui/field";
import { toast } from "../ui/toast";
import { fieldsOf } from "./account-fields";
import { categories, PricesField, pricesOf, priceTexts, ShopsField } from "./account-form";
import { SecretField } from "./secret-field";
import page from "./settings.module.css";

interface Props {
  account: Account;
  onChange: (account: Account) => void;
}

export function Setup({ account, onChange }: Props): JSX.Element {
  const fields = fieldsOf(account.channel);
  const [name, setName] = useState(account.name);
  const [handle, setHandle] = useState(account.handle);
  const [business, setBusiness] = useState(account.business_id ?? "");
  const [token, setToken] = useState("");
  const [served, setServed] = useState<string[]>(account.shops);
  const [first, setFirst] = useState(account.default_shop);
  const [human, setHuman] = useState(account.human_agent);
  const [prices, setPrices] = useState(() => priceTexts(account));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const read = pricesOf(prices);

  const save = async (event: Event) => {
    event.preventDefault();
    if (!read) return;
    setBusy(true);
    setProblem(undefined);
    const body: AccountPatch = {
      name: name.trim(),
      handle: handle.trim(),
      shops: served,
      default_shop: first,
      prices: read,
      ...(fields.business ? { business_id: business.trim() } : {}),
      ...(fields.human ? { human_agent: human } : {}),
      ...(token.trim() ? { token: token.trim() } : {}),
    };
    try {
      onChange(await api.patch<Account>(url(["accounts", account.id]), body));
      setToken("");
      toast(t("profile.saved"));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const word = (field: string) => {
    const key = `connect.${account.channel}.${field}`;
    return has(key) ? t(key) : field;
  };
  return (
    <form class={page.page} style={{ padding: "0", maxInlineSize: "none" }} onSubmit={save}>
      <section class={page.card}>
        <Field
          label={t("account.name")}
          hint={t("account.name.hint")}
          required
          maxLength={120}
          value={name}
          problem={fieldProblem(problem, "name")}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class={page.pair}>
          {!fields.handleIsId && (
            <Field label={word("id")} value={account.external_id} disabled hint={t("account.id.fixed")} />
          )}
          <Field
            label={word("handle")}
            required
            maxLength={254}
            value={handle}
            problem={fieldProblem(problem, "handle")}
            onInput={(event) => setHandle(event.currentTarget.value)}
          />
          {fields.business && (
            <Field
              label={t("connect.whatsapp.business")}
              maxLength={64}
              value={business}
              problem={fieldProblem(problem, "business_id")}
              onInput={(event) => setBusiness(event.currentTarget.value)}
            />
          )}
        </div>
        {fields.app && (
          <SecretField
            key={account.token_last4 ?? ""}
            label={t("account.token")}
            last4={account.token_last4}
            value={token}
            onInput={setToken}
            problem={fieldProblem(problem, "token")}
          />
        )}
      </section>
      <section class={page.card}>
        <ShopsField
          chosen={served}
          first={first}
          problem={problem}
          onChange={(next, main) => {
            setServed(next);
            setFirst(main);
          }}
        />
      </section>
      {fields.human && (
        <section class={page.card}>
          <Check
            label={t("account.human")}
            hint={t("account.human.hint")}
            checked={human}
            onChange={setHuman}
          />
        </section>
      )}
      {fields.app && (
        <section class={page.card}>
          <h3>{t("account.prices")}</h3>
          <p class={page.lead}>{t("account.prices.lead")}</p>
          <PricesField
            value={prices}
            onChange={setPrices}
            only={fields.templates ? categories : categories.slice(0, 1)}
          />
        </section>
      )}
      {problem !== undefined && (
        <p class={page.problem} role="alert">
          {failureText(problem)}
        </p>
      )}
      <div class={page.actions}>
        <Button look="primary" type="submit" busy={busy} disabled={served.length === 0 || !read}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}
