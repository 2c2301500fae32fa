// The providers' apps of a merchant: where their webhooks go, what proves them, and how to change a secret without a gap.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Account, ProviderApp } from "../api/channels";
import { api, url } from "../api/client";
import { t } from "../i18n";
import { failureText, fieldProblem } from "../i18n/problems";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";
import css from "./channels.module.css";
import { Confirm } from "./confirm";
import { CopyLine } from "./copy";
import page from "./settings.module.css";

interface Props {
  apps: readonly ProviderApp[];
  accounts: readonly Account[];
  onChange: () => void;
}

export function ProviderApps({ apps, accounts, onChange }: Props): JSX.Element | null {
  const [removing, setRemoving] = useState<ProviderApp>();
  const [changing, setChanging] = useState<ProviderApp>();
  if (apps.length === 0) return null;
  return (
    <section class={css.apps} aria-label={t("apps.title")}>
      <h3>{t("apps.title")}</h3>
      <p class={page.lead}>{t("apps.lead")}</p>
      {apps.map((app) => {
        const used = accounts.filter((one) => one.provider_app === app.id).length;
        return (
          <details key={app.id} class={css.app}>
            <summary>
              <Icon name="key" size={18} />
              <span class={page.rowText}>
                <span class={page.rowTitle}>
                  <bdi>{app.name}</bdi>
                </span>
                <span class={page.small}>
                  <bdi dir="ltr">{app.app_id}</bdi> · {t("apps.used", { count: used })}
                </span>
              </span>
            </summary>
            <div class={css.appBody}>
              <CopyLine label={t("connect.webhook.url")} text={app.webhook_url} />
              <CopyLine label={t("connect.webhook.token")} text={app.verify_token} />
              <div class={css.secretRow}>
                <span class={css.grow}>
                  <span class={css.secretLabel}>{t("apps.secrets")}</span>
                  <span class={css.secrets}>
                    {app.secrets.map((secret) => (
                      <code key={secret.last4} dir="ltr">
                        <span aria-hidden="true">••••</span>
                        {secret.last4}
                      </code>
                    ))}
                  </span>
                </span>
                <Button small onClick={() => setChanging(app)}>
                  {t("action.change")}
                </Button>
                <Button small look="danger" disabled={used > 0} onClick={() => setRemoving(app)}>
                  {t("action.remove")}
                </Button>
              </div>
              {used > 0 && <p class={page.small}>{t("apps.inuse")}</p>}
            </div>
          </details>
        );
      })}
      {changing && (
        <ChangeApp
          app={changing}
          onClose={() => setChanging(undefined)}
          onSaved={() => {
            setChanging(undefined);
            onChange();
          }}
        />
      )}
      {removing && (
        <Confirm
          title={t("apps.remove.title", { name: removing.name })}
          text={t("apps.remove.text")}
          confirm={t("action.remove")}
          onClose={() => setRemoving(undefined)}
          run={async () => {
            await api.delete(url(["provider-apps", removing.id]));
            onChange();
          }}
        />
      )}
    </section>
  );
}

function ChangeApp(props: { app: ProviderApp; onClose: () => void; onSaved: () => void }): JSX.Element {
  const { app, onClose, onSaved } = props;
  const [name, setName] = useState(app.name);
  const [secrets, setSecrets] = useState(["", ""]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const fresh = secrets.map((one) => one.trim()).filter(Boolean);
    try {
      await api.patch(url(["provider-apps", app.id]), {
        name: name.trim(),
        ...(fresh.length ? { secrets: fresh } : {}),
      });
      toast(t("profile.saved"));
      onSaved();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("apps.change", { name: app.name })} onClose={onClose}>
      <form class={page.form} onSubmit={submit}>
        <Field
          label={t("apps.name")}
          required
          maxLength={120}
          value={name}
          problem={fieldProblem(problem, "name")}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p class={page.lead}>{t("apps.secrets.lead")}</p>
        {secrets.map((secret, index) => (
          <Field
            key={index}
            type="password"
            autocomplete="off"
            label={t(index === 0 ? "apps.secret.new" : "apps.secret.old")}
            hint={index === 0 ? undefined : t("apps.secret.old.hint")}
            maxLength={400}
            value={secret}
            problem={fieldProblem(problem, "secrets")}
            onInput={(event) =>
              setSecrets(secrets.map((one, at) => (at === index ? event.currentTarget.value : one)))
            }
          />
        ))}
        {problem !== undefined && (
          <p class={page.problem} role="alert">
            {failureText(problem)}
          </p>
        )}
        <div class={`${page.actions} ${page.end}`}>
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button look="primary" type="submit" busy={busy}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
