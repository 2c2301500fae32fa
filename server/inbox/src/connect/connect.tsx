// The consent page: a plugin's "Connect" button leads here. An owner or admin sees who asks, for what, and where the answer
// goes; says for which shop; and goes back there with a code, or with a "no".
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, url } from "../api/client";
import type { ConnectGrant, ConnectLook } from "../api/developers";
import { Card } from "../auth/card";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { leave } from "../state/actions";
import { agent, manages, me, session, shops } from "../state/session";
import { Button } from "../ui/button";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { Failure, Skeleton } from "../ui/states";
import css from "./connect.module.css";
import { type Asked, ahead, askedOf, firstChoice, newShop, refusal, strange } from "./request";
import { Scopes } from "./scopes";
import { ShopChoice, type Typed, typedOf } from "./shop-choice";

type Held =
  | { state: "loading" }
  | { state: "failed" }
  | { state: "bad"; fields: readonly string[] }
  | { state: "ready"; look: ConnectLook };

interface Props {
  search: string;
  /** Leaves the app; a test looks instead. */
  go?: (href: string) => void;
}

export function Connect({ search, go = (href) => location.assign(href) }: Props): JSX.Element {
  const [asked] = useState(() => askedOf(search));
  const [held, setHeld] = useState<Held>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  const ended = session.value.state === "in" && session.value.expired;
  useEffect(() => {
    if (ended) return;
    let stale = false;
    setHeld({ state: "loading" });
    api.post<ConnectLook>(url(["connect", "check"]), asked.request).then(
      (look) => !stale && setHeld({ state: "ready", look }),
      (error: unknown) => !stale && setHeld(refused(error)),
    );
    return () => {
      stale = true;
    };
  }, [asked, attempt, ended]);

  if (held.state === "bad") return <Bad fields={held.fields} />;
  return (
    <Card title={t("grant.title", { name: asked.request.name || t("grant.someone") })} wide>
      {held.state === "loading" && <Skeleton lines={8} />}
      {held.state === "failed" && (
        <Failure text={t("grant.failed")} onRetry={() => setAttempt(attempt + 1)} />
      )}
      {held.state === "ready" &&
        (manages.value ? (
          <Ask asked={asked} look={held.look} go={go} />
        ) : (
          <NotYours asked={asked} look={held.look} go={go} />
        ))}
    </Card>
  );
}

/** A request that the server refuses is the plugin's fault; anything else may pass. */
function refused(error: unknown): Held {
  if (!(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500)
    return { state: "failed" };
  if (error.status === 401) return { state: "loading" };
  return { state: "bad", fields: error.fields.map(({ path, message }) => `${path}: ${message}`) };
}

interface PartProps {
  asked: Asked;
  look: ConnectLook;
  go: (href: string) => void;
}

function Ask({ asked, look, go }: PartProps): JSX.Element {
  const { request } = asked;
  const [choice, setChoice] = useState(() => firstChoice(shops.value, look.shops, asked.shop));
  const [typed, setTyped] = useState<Typed>(() => typedOf(asked.shop, look.return_origin));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const unknown = strange(choice, look.shops, typed.origin.trim(), look.return_origin);
  const host = look.return_origin.replace(/^https?:\/\//, "");

  const agree = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const body: ConnectGrant =
      choice === newShop ? { request, new_shop: newShopOf(typed) } : { request, shop: choice };
    try {
      const { redirect_url: redirect } = await api.post<{ redirect_url: string }>(
        url(["connect", "grants"]),
        body,
      );
      const target = ahead(redirect, look.return_origin);
      // Stays busy: the browser is on its way.
      if (target) return go(target);
      setProblem(new Error("redirect"));
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const no = refusal(request, look.return_origin);
  return (
    <form class={css.form} onSubmit={agree}>
      <Parties plugin={request.name} />
      <SignedIn />
      <p class={css.where}>
        <Icon name="globe" size={16} />
        <span>
          {t("grant.returns")} <bdi class={css.host}>{host}</bdi>
        </span>
      </p>
      <ShopChoice
        shops={shops.value}
        at={look.shops}
        choice={choice}
        onChoice={setChoice}
        typed={typed}
        onTyped={setTyped}
        problem={problem}
      />
      {unknown && (
        <p class={css.warning} role="status">
          <Icon name="warning" size={18} />
          <span>{t("grant.strange", { host })}</span>
        </p>
      )}
      <Scopes scopes={request.scopes} identity={request.identity === true} />
      {problem !== undefined && (
        <p class={css.problem} role="alert">
          {failureText(problem)}
        </p>
      )}
      <div class={cx(css.actions, css.answer)}>
        <Button look="quiet" disabled={busy || !no} onClick={() => no && go(no)}>
          {t("action.cancel")}
        </Button>
        <Button look="primary" type="submit" busy={busy} data-testid="grant">
          {t("grant.submit")}
        </Button>
      </div>
    </form>
  );
}

function newShopOf(typed: Typed): NonNullable<ConnectGrant["new_shop"]> {
  return {
    name: typed.name.trim(),
    origins: [typed.origin.trim()],
    currency: typed.currency.trim().toUpperCase(),
    language: typed.language,
    time_zone: typed.time_zone,
    ...(typed.test ? { test: true } : {}),
  };
}

/** Who is joined to whom. */
function Parties({ plugin }: { plugin: string }): JSX.Element {
  return (
    <p class={css.parties}>
      <span class={css.party}>
        <Icon name="plug" size={18} />
        <bdi>{plugin}</bdi>
      </span>
      <span class={css.joint}>
        <Icon name="link" size={16} />
      </span>
      <span class={css.party}>
        <Icon name="shop" size={18} />
        <bdi>{me.value?.merchant.name}</bdi>
      </span>
    </p>
  );
}

function NotYours({ asked, look, go }: PartProps): JSX.Element {
  const no = refusal(asked.request, look.return_origin);
  return (
    <>
      <p class={css.warning} role="status">
        <Icon name="hand" size={18} />
        <span>{t("grant.role")}</span>
      </p>
      <SignedIn />
      <div class={css.actions}>
        <Button disabled={!no} onClick={() => no && go(no)}>
          {t("grant.back")}
        </Button>
      </div>
    </>
  );
}

/** A link that is wrong leads nowhere: not even back, since nobody has confirmed where that is. */
function Bad({ fields }: { fields: readonly string[] }): JSX.Element {
  return (
    <Card title={t("grant.bad")}>
      <p class={css.lead}>{t("grant.bad.lead")}</p>
      {fields.length > 0 && (
        <details class={css.fields}>
          <summary>{t("grant.bad.fields")}</summary>
          <ul dir="ltr">
            {fields.map((field) => (
              <li key={field}>
                <code>{field}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Home>{t("grant.home")}</Home>
    </Card>
  );
}

export function Home({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <p>
      <a href="/inbox/">{children}</a>
    </p>
  );
}

function SignedIn(): JSX.Element {
  return (
    <p class={css.self}>
      <span>{t("grant.self", { name: agent.value?.name ?? "", email: agent.value?.email ?? "" })}</span>
      <button type="button" onClick={() => void leave(location.pathname + location.search)}>
        {t("grant.other")}
      </button>
    </p>
  );
}
