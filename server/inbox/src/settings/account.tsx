// One connection: whether it works, how it is set up, what its messages cost, its templates, and the way out.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Account, AccountPatch, Check, ProviderApp } from "../api/channels";
import { api, url } from "../api/client";
import type { List } from "../api/types";
import { has, t } from "../i18n";
import { failureText } from "../i18n/problems";
import { reasonText } from "../inbox/channel-words";
import { navigate, pathOf } from "../router";
import { Button } from "../ui/button";
import { ChannelMark } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon, type IconName } from "../ui/icons";
import { Failure, Skeleton } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { toast } from "../ui/toast";
import { fieldsOf } from "./account-fields";
import { Setup } from "./account-setup";
import { Templates } from "./account-templates";
import { AccountState } from "./channels";
import css from "./channels.module.css";
import { Confirm } from "./confirm";
import { CopyLine } from "./copy";
import { useLoaded } from "./load";
import page from "./settings.module.css";

export function AccountPage({ id }: { id: string }): JSX.Element {
  const [held, load, put] = useLoaded(() => api.get<Account>(url(["accounts", id])), id);
  const [tab, setTab] = useState<"connection" | "setup" | "templates">("connection");
  const back = (
    <nav aria-label={t("settings.path")} class={page.small}>
      <a href={pathOf({ page: "settings", section: "channels" })}>{t("settings.channels")}</a>
    </nav>
  );
  if (held.state === "loading") return <Skeleton lines={6} />;
  if (held.state === "failed") {
    return (
      <>
        {back}
        <Failure text={t("settings.failed")} onRetry={load} />
      </>
    );
  }
  const account = held.value;
  const tabs = fieldsOf(account.channel).templates
    ? (["connection", "setup", "templates"] as const)
    : (["connection", "setup"] as const);
  return (
    <>
      {back}
      <header class={page.head}>
        <h2 class={css.title}>
          <ChannelMark channel={account.channel} size={22} /> <bdi>{account.name}</bdi>
        </h2>
        <AccountState account={account} />
      </header>
      <Tabs
        label={account.name}
        tabs={tabs.map((one) => ({ id: one, label: t(`account.tab.${one}`) }))}
        active={tab}
        onChange={setTab}
      >
        {tab === "connection" && (
          <Connection account={account} onChange={put} onSetup={() => setTab("setup")} />
        )}
        {tab === "setup" && <Setup account={account} onChange={put} />}
        {tab === "templates" && <Templates account={account} />}
      </Tabs>
    </>
  );
}

interface Props {
  account: Account;
  onChange: (account: Account) => void;
}

function Connection({ account, onChange, onSetup }: Props & { onSetup: () => void }): JSX.Element {
  const [checks, setChecks] = useState<Check[]>();
  const [busy, setBusy] = useState<"check" | "subscribe" | "switch">();
  const [leaving, setLeaving] = useState(false);
  const path = ["accounts", account.id];
  const meta = fieldsOf(account.channel).app;

  const guard = async (what: NonNullable<typeof busy>, run: () => Promise<void>) => {
    setBusy(what);
    try {
      await run();
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    } finally {
      setBusy(undefined);
    }
  };
  const check = () =>
    guard("check", async () => {
      setChecks((await api.post<{ checks: Check[] }>(url([...path, "check"]))).checks);
      // A check that finds all well takes the account out of its trouble.
      onChange(await api.get<Account>(url(path)));
    });
  const subscribe = () =>
    guard("subscribe", async () => {
      await api.post(url([...path, "subscribe"]));
      toast(t("account.subscribed"));
      if (checks) setChecks((await api.post<{ checks: Check[] }>(url([...path, "check"]))).checks);
    });
  const off = account.state === "off";
  const flip = () =>
    guard("switch", async () =>
      onChange(await api.patch<Account>(url(path), { state: off ? "active" : "off" } satisfies AccountPatch)),
    );

  return (
    <div class={page.page} style={{ padding: "0", maxInlineSize: "none" }}>
      {account.state === "attention" && (
        <div class={page.problem} role="alert">
          <p>
            <strong>{t("account.attention")}</strong> {reasonText(account.problem)}
          </p>
          {account.detail && <p dir="auto">{account.detail}</p>}
          {(account.problem === "token" || account.problem === "permission") && (
            <p>
              <Button small onClick={onSetup}>
                {t("account.token.renew")}
              </Button>
            </p>
          )}
        </div>
      )}
      <section class={page.card}>
        <h3>{t("account.check.title")}</h3>
        <p class={page.lead}>{t("account.check.lead")}</p>
        <div class={page.actions}>
          <Button look="primary" icon="refresh" busy={busy === "check"} onClick={() => void check()}>
            {t("account.check")}
          </Button>
          {meta && (
            <Button icon="plug" busy={busy === "subscribe"} onClick={() => void subscribe()}>
              {t("account.subscribe")}
            </Button>
          )}
        </div>
        <div role="status">{checks && <Checks checks={checks} />}</div>
      </section>
      {meta && account.provider_app && <Webhook id={account.provider_app} />}
      <section class={page.card}>
        <h3>{t("account.out.title")}</h3>
        <p class={page.lead}>{t(off ? "account.off.lead" : "account.on.lead")}</p>
        <div class={page.actions}>
          <Button busy={busy === "switch"} onClick={() => void flip()}>
            {t(off ? "account.on" : "account.off")}
          </Button>
          <Button look="danger" onClick={() => setLeaving(true)}>
            {t("account.disconnect")}
          </Button>
        </div>
      </section>
      {leaving && (
        <Confirm
          title={t("account.disconnect.title", { name: account.name })}
          text={t("account.disconnect.text")}
          confirm={t("account.disconnect")}
          onClose={() => setLeaving(false)}
          run={async () => {
            await api.delete(url(path));
            navigate({ page: "settings", section: "channels" }, { replace: true });
          }}
        />
      )}
    </div>
  );
}

const checkIcons: Record<Check["state"], IconName> = {
  ok: "circleCheck",
  warning: "warning",
  failed: "warning",
  skipped: "pause",
};

function Checks({ checks }: { checks: readonly Check[] }): JSX.Element {
  return (
    <ul class={css.checks}>
      {checks.map((check) => (
        <li key={check.name} class={cx(css.check, css[check.state])}>
          <Icon name={checkIcons[check.state]} size={18} />
          <span class={css.checkText}>
            <span class={css.checkName}>
              {checkName(check.name)} <span class="sr">: {t(`check.state.${check.state}`)}</span>
            </span>
            {check.code && <span>{checkText(check.code)}</span>}
            {check.detail && (
              <span class={css.detail} dir="auto">
                {check.detail}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function checkName(name: string): string {
  const key = `check.${name}`;
  return has(key) ? t(key) : name;
}

/** checkText prefers words of its own; many codes are the reasons of sends. */
function checkText(code: string): string {
  const key = `check.code.${code}`;
  return has(key) ? t(key) : reasonText(code);
}

function Webhook({ id }: { id: string }): JSX.Element | null {
  const [app, setApp] = useState<ProviderApp>();
  useEffect(() => {
    api.get<List<ProviderApp>>(url(["provider-apps"], { limit: 100 })).then(
      (list) => setApp(list.items.find((one) => one.id === id)),
      () => {},
    );
  }, [id]);
  if (!app) return null;
  return (
    <section class={page.card}>
      <h3>{t("account.webhook")}</h3>
      <CopyLine label={t("connect.webhook.url")} text={app.webhook_url} />
      <CopyLine label={t("connect.webhook.token")} text={app.verify_token} />
    </section>
  );
}
