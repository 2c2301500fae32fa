// Making an account with its first shop, where the installation lets anybody. Who comes from a plugin goes on to connect it.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import auth from "../auth/auth.module.css";
import { Card } from "../auth/card";
import { language, t } from "../i18n";
import { failureText, fieldProblem } from "../i18n/problems";
import { navigate, pathOf } from "../router";
import { originOf } from "../settings/origin";
import { askRegistration, registrationOpen } from "../state/registration";
import { register, session, shops } from "../state/session";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Failure, Skeleton } from "../ui/states";
import { Home } from "./connect";
import css from "./connect.module.css";
import { askedOf, asks } from "./request";

export function Register({ search }: { search: string }): JSX.Element {
  const open = registrationOpen.value;
  useEffect(() => void askRegistration(), []);
  const plugin = asks(search);
  if (session.value.state === "in") return <Already search={search} />;
  if (open === undefined || open === "failed" || !open) {
    return (
      <Card title={t(open === false ? "register.closed" : "register.title")}>
        {open === undefined && <Skeleton lines={5} />}
        {open === "failed" && (
          <Failure text={t("problem.unreachable")} onRetry={() => void askRegistration()} />
        )}
        {open === false && <p class={auth.lead}>{t("register.closed.lead")}</p>}
        <SignInLink search={search} />
      </Card>
    );
  }
  return (
    <Card title={t("register.title")} wide>
      <p class={auth.lead}>
        {plugin ? t("register.lead.plugin", { name: askedOf(search).request.name }) : t("register.lead")}
      </p>
      <Form search={search} />
      <SignInLink search={search} />
    </Card>
  );
}

function onwards(search: string): void {
  if (asks(search)) navigate({ page: "connect", search }, { replace: true });
  else {
    const id = shops.value[0]?.id;
    navigate(
      { page: "settings", section: "shops", ...(id ? { id, tab: "install" } : {}) },
      { replace: true },
    );
  }
}

function Form({ search }: { search: string }): JSX.Element {
  const [suggested] = useState(() => askedOf(search).shop);
  const [merchant, setMerchant] = useState(suggested.name);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [shop, setShop] = useState(suggested.name);
  const [site, setSite] = useState(suggested.origin);
  const [currency, setCurrency] = useState(suggested.currency || "EUR");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const of = (path: string) => fieldProblem(problem, path);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await register({
        merchant: merchant.trim(),
        name: name.trim(),
        email: email.trim(),
        password,
        language: language.value,
        shop: {
          name: (shop || merchant).trim(),
          origins: [originOf(site.trim())],
          language: suggested.language || language.value,
          time_zone: suggested.time_zone || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
          currency: currency.trim().toUpperCase(),
        },
      });
      onwards(search);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form class={css.form} onSubmit={submit}>
      <fieldset class={css.group}>
        <legend>{t("register.you")}</legend>
        <Field
          label={t("field.name")}
          hint={t("field.name.hint")}
          autocomplete="name"
          required
          autofocus
          maxLength={100}
          value={name}
          problem={of("name")}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Field
          label={t("field.email")}
          type="email"
          autocomplete="username"
          required
          maxLength={254}
          value={email}
          problem={of("email")}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <Field
          label={t("field.password")}
          hint={t("field.password.hint")}
          type="password"
          autocomplete="new-password"
          required
          minLength={10}
          maxLength={1024}
          value={password}
          problem={of("password")}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </fieldset>
      <fieldset class={css.group}>
        <legend>{t("register.shop")}</legend>
        <Field
          label={t("register.merchant")}
          autocomplete="organization"
          required
          maxLength={120}
          value={merchant}
          problem={of("merchant")}
          onInput={(event) => setMerchant(event.currentTarget.value)}
        />
        <Field
          label={t("register.shop.name")}
          hint={t("register.shop.hint")}
          maxLength={120}
          value={shop}
          problem={of("shop.name")}
          onInput={(event) => setShop(event.currentTarget.value)}
        />
        <div class={css.pair}>
          <Field
            label={t("grant.site")}
            required
            dir="ltr"
            maxLength={300}
            placeholder="https://www.example.com"
            value={site}
            problem={of("shop.origins") ?? of("shop.origins[0]")}
            onInput={(event) => setSite(event.currentTarget.value)}
          />
          <Field
            label={t("shop.currency")}
            required
            minLength={3}
            maxLength={3}
            value={currency}
            problem={of("shop.currency")}
            onInput={(event) => setCurrency(event.currentTarget.value)}
          />
        </div>
      </fieldset>
      {problem !== undefined && (
        <p class={css.problem} role="alert">
          {problem instanceof ApiError && problem.code === "conflict"
            ? t("register.taken")
            : failureText(problem)}
        </p>
      )}
      <Button look="primary" type="submit" busy={busy}>
        {t("register.submit")}
      </Button>
    </form>
  );
}

function SignInLink({ search }: { search: string }): JSX.Element {
  const to = asks(search)
    ? ({ page: "connect", search } as const)
    : ({ page: "conversations", view: "open" } as const);
  return (
    <p class={auth.hint}>
      {t("register.known")} <a href={pathOf(to)}>{t("signin.submit")}</a>
    </p>
  );
}

function Already({ search }: { search: string }): JSX.Element {
  return (
    <Card title={t("register.already")}>
      {asks(search) ? (
        <Button look="primary" onClick={() => onwards(search)}>
          {t("register.onwards")}
        </Button>
      ) : (
        <Home>{t("grant.home")}</Home>
      )}
    </Card>
  );
}
