// Leads through connecting a channel, step by step, with what to copy where. Each step opens when the one before is done.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Account, NewAccount, ProviderApp } from "../api/channels";
import { api, url } from "../api/client";
import { has, t } from "../i18n";
import { failureText, fieldProblem } from "../i18n/problems";
import { Outside } from "../inbox/outside";
import { navigate, pathOf } from "../router";
import { shops } from "../state/session";
import { Button } from "../ui/button";
import { ChannelMark, channelName } from "../ui/channel";
import { cx } from "../ui/cx";
import { Field, Select } from "../ui/field";
import { Failure, Skeleton } from "../ui/states";
import { fieldsOf, webhookFields } from "./account-fields";
import { ShopsField } from "./account-form";
import type { Connectable } from "./channels";
import css from "./channels.module.css";
import { useConnections } from "./connections";
import { Copy, CopyLine } from "./copy";
import page from "./settings.module.css";

const consoleURL = "https://developers.facebook.com/apps";

export function ConnectPage({ channel }: { channel: Connectable }): JSX.Element {
  const held = useConnections();
  const fields = fieldsOf(channel);
  const [app, setApp] = useState<ProviderApp>();
  const [seen, setSeen] = useState(false);
  const name = channelName(channel);
  return (
    <>
      <nav aria-label={t("settings.path")} class={page.small}>
        <a href={pathOf({ page: "settings", section: "channels" })}>{t("settings.channels")}</a>
      </nav>
      <h2 class={css.title}>
        <ChannelMark channel={channel} bare size={22} /> {t("connect.title", { channel: name })}
      </h2>
      <p class={page.lead}>{t(`connect.${channel}.lead`)}</p>
      {held.state === "loading" && <Skeleton lines={6} />}
      {held.state === "failed" && <Failure text={t("settings.failed")} onRetry={held.load} />}
      {held.state === "ready" && (
        <div class={css.steps}>
          {fields.app && (
            <>
              <Step title={t("connect.app")} done={app !== undefined}>
                {app ? (
                  <p>{t("connect.app.done", { name: app.name, id: app.app_id })}</p>
                ) : (
                  <AppStep apps={held.apps} onApp={setApp} />
                )}
              </Step>
              <Step title={t("connect.webhook")} done={seen} waiting={!app}>
                {app && <WebhookStep app={app} channel={channel} seen={seen} onSeen={() => setSeen(true)} />}
              </Step>
            </>
          )}
          <Step title={t(`connect.${channel}.account`)} waiting={fields.app && !(app && seen)}>
            {(!fields.app || (app && seen)) && <AccountStep channel={channel} app={app} />}
          </Step>
        </div>
      )}
    </>
  );
}

function Step(props: {
  title: string;
  done?: boolean;
  waiting?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section
      class={cx(css.step, props.done && css.done, props.waiting && css.waiting)}
      aria-label={props.title}
    >
      <div class={css.body}>
        <h3>
          {props.title}
          {props.done && <span class="sr"> {t("connect.done")}</span>}
        </h3>
        {props.waiting ? <p class={page.small}>{t("connect.waiting")}</p> : props.children}
      </div>
    </section>
  );
}

function AppStep(props: { apps: readonly ProviderApp[]; onApp: (app: ProviderApp) => void }): JSX.Element {
  const apps = props.apps.filter((one) => one.provider === "meta");
  const [chosen, setChosen] = useState(apps[0]?.id ?? "");
  const [name, setName] = useState("");
  const [appId, setAppId] = useState("");
  const [secret, setSecret] = useState("");
  const [second, setSecond] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const create = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const secrets = [secret, second].map((one) => one.trim()).filter(Boolean);
      const body = { provider: "meta", name: name.trim(), app_id: appId.trim(), secrets };
      props.onApp(await api.post<ProviderApp>(url(["provider-apps"]), body));
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  return (
    <>
      {apps.length > 0 && (
        <>
          <Select
            label={t("connect.app.choose")}
            value={chosen}
            options={[
              ...apps.map((one) => ({ value: one.id, label: `${one.name} (${one.app_id})` })),
              { value: "", label: t("connect.app.new") },
            ]}
            onChange={setChosen}
          />
          {chosen !== "" && (
            <div class={page.actions}>
              <Button
                look="primary"
                onClick={() => {
                  const found = apps.find((one) => one.id === chosen);
                  if (found) props.onApp(found);
                }}
              >
                {t("connect.app.use")}
              </Button>
            </div>
          )}
        </>
      )}
      {chosen === "" && (
        <form class={page.form} onSubmit={create}>
          <ul class={css.todo}>
            <li>
              <Outside href={consoleURL}>{t("connect.app.open")}</Outside>
            </li>
            <li>{t("connect.app.where")}</li>
          </ul>
          <Field
            label={t("apps.name")}
            hint={t("connect.app.name.hint")}
            required
            maxLength={120}
            value={name}
            problem={fieldProblem(problem, "name")}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <div class={page.pair}>
            <Field
              label={t("connect.app.id")}
              required
              pattern="[0-9]+"
              maxLength={40}
              value={appId}
              problem={fieldProblem(problem, "app_id")}
              onInput={(event) => setAppId(event.currentTarget.value)}
            />
            <Field
              type="password"
              autocomplete="off"
              label={t("connect.app.secret")}
              required
              maxLength={400}
              value={secret}
              problem={fieldProblem(problem, "secrets")}
              onInput={(event) => setSecret(event.currentTarget.value)}
            />
          </div>
          <details>
            <summary>{t("connect.app.second.summary")}</summary>
            <Field
              type="password"
              autocomplete="off"
              label={t("connect.app.second")}
              hint={t("connect.app.second.hint")}
              maxLength={400}
              value={second}
              onInput={(event) => setSecond(event.currentTarget.value)}
            />
          </details>
          <Refusal problem={problem} />
          <div class={page.actions}>
            <Button look="primary" type="submit" busy={busy}>
              {t("connect.app.save")}
            </Button>
          </div>
        </form>
      )}
    </>
  );
}

function WebhookStep(props: {
  app: ProviderApp;
  channel: Connectable;
  seen: boolean;
  onSeen: () => void;
}): JSX.Element {
  const { app, channel, seen, onSeen } = props;
  const names = webhookFields[channel] ?? [];
  return (
    <>
      <p class={page.lead}>{t(`connect.webhook.${channel as "whatsapp" | "messenger" | "instagram"}`)}</p>
      <CopyLine label={t("connect.webhook.url")} text={app.webhook_url} />
      <CopyLine label={t("connect.webhook.token")} text={app.verify_token} />
      <p class={page.lead}>{t("connect.webhook.fields")}</p>
      <Copy label={t("connect.webhook.fields")} text={names.join("\n")} />
      {!seen && (
        <div class={page.actions}>
          <Button look="primary" onClick={onSeen}>
            {t("connect.webhook.done")}
          </Button>
        </div>
      )}
    </>
  );
}

function AccountStep({ channel, app }: { channel: Connectable; app: ProviderApp | undefined }): JSX.Element {
  const fields = fieldsOf(channel);
  const [name, setName] = useState("");
  const [external, setExternal] = useState("");
  const [handle, setHandle] = useState("");
  const [business, setBusiness] = useState("");
  const [token, setToken] = useState("");
  const [served, setServed] = useState<string[]>(shops.value.slice(0, 1).map((shop) => shop.id));
  const [first, setFirst] = useState(shops.value[0]?.id ?? "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const create = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const body: NewAccount = {
      channel,
      name: name.trim(),
      external_id: external.trim(),
      handle: (fields.handleIsId ? external : handle).trim(),
      shops: served,
      default_shop: first,
      ...(app ? { provider_app: app.id } : {}),
      ...(fields.business && business.trim() ? { business_id: business.trim() } : {}),
      ...(token.trim() ? { token: token.trim() } : {}),
    };
    try {
      const made = await api.post<Account>(url(["accounts"]), body);
      navigate({ page: "settings", section: "channels", id: made.id }, { replace: true });
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  const word = (field: string, kind: "label" | "hint") => {
    const key = `connect.${channel}.${field}${kind === "hint" ? ".hint" : ""}`;
    return has(key) ? t(key) : undefined;
  };
  return (
    <form class={page.form} onSubmit={create}>
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
        <Field
          label={word("id", "label") ?? ""}
          hint={word("id", "hint")}
          required
          maxLength={254}
          value={external}
          problem={fieldProblem(problem, "external_id")}
          onInput={(event) => setExternal(event.currentTarget.value)}
        />
        {!fields.handleIsId && (
          <Field
            label={word("handle", "label") ?? ""}
            hint={word("handle", "hint")}
            required
            maxLength={254}
            value={handle}
            problem={fieldProblem(problem, "handle")}
            onInput={(event) => setHandle(event.currentTarget.value)}
          />
        )}
        {fields.business && (
          <Field
            label={t("connect.whatsapp.business")}
            hint={t("connect.whatsapp.business.hint")}
            required
            maxLength={64}
            value={business}
            problem={fieldProblem(problem, "business_id")}
            onInput={(event) => setBusiness(event.currentTarget.value)}
          />
        )}
      </div>
      {fields.app && (
        <Field
          type="password"
          autocomplete="off"
          label={t("account.token")}
          hint={word("token", "hint")}
          required
          maxLength={1024}
          value={token}
          problem={fieldProblem(problem, "token")}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      )}
      <ShopsField
        chosen={served}
        first={first}
        problem={problem}
        onChange={(next, main) => {
          setServed(next);
          setFirst(main);
        }}
      />
      <Refusal problem={problem} />
      <div class={page.actions}>
        <Button look="primary" type="submit" busy={busy} disabled={served.length === 0}>
          {t("connect.submit", { channel: channelName(channel) })}
        </Button>
      </div>
    </form>
  );
}

function Refusal({ problem }: { problem: unknown }): JSX.Element | null {
  if (problem === undefined) return null;
  return (
    <p class={page.problem} role="alert">
      {failureText(problem)}
    </p>
  );
}
