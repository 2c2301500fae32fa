// One webhook: how it goes, what can be done about it, and the log of what was delivered.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { Webhook, WebhookDelivery } from "../api/developers";
import { t } from "../i18n";
import { dateTime } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { navigate } from "../router";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";
import { Confirm } from "./confirm";
import { Once } from "./copy";
import css from "./settings.module.css";
import { Deliveries } from "./webhook-deliveries";
import { conditionOf } from "./webhook-events";
import { BackToWebhooks, WebhookForm } from "./webhook-form";
import { StateMark, toWebhooks } from "./webhooks";

interface Props {
  shop: string;
  webhook: Webhook;
  onChange: (next: Webhook) => void;
  onGone: () => void;
}

export function WebhookPage({ shop, webhook, onChange, onGone }: Props): JSX.Element {
  const path = ["shops", shop, "webhooks", webhook.id];
  const [secret, setSecret] = useState<string>();
  const [asking, setAsking] = useState<"rotate" | "delete">();
  const [busy, setBusy] = useState<"ping" | "toggle">();
  const [fresh, setFresh] = useState<WebhookDelivery>();

  const run = async (what: "ping" | "toggle", work: () => Promise<void>) => {
    setBusy(what);
    try {
      await work();
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    } finally {
      setBusy(undefined);
    }
  };
  const ping = () =>
    run("ping", async () => {
      setFresh(await api.post<WebhookDelivery>(url([...path, "ping"])));
      toast(t("hooks.pinged"));
    });
  const toggle = () =>
    run("toggle", async () => {
      onChange(await api.patch<Webhook>(url(path), { enabled: !webhook.enabled }));
    });

  return (
    <div class={css.stack}>
      <BackToWebhooks shop={shop} />
      <header class={css.head}>
        <h3 class={css.titled}>
          <bdi dir="ltr" class={css.address}>
            {webhook.url}
          </bdi>
          <StateMark webhook={webhook} />
        </h3>
        <span class={css.actions}>
          <Button icon="pulse" busy={busy === "ping"} disabled={!webhook.enabled} onClick={() => void ping()}>
            {t("hooks.ping")}
          </Button>
          <Button busy={busy === "toggle"} onClick={() => void toggle()}>
            {t(webhook.enabled ? "hooks.disable" : "hooks.enable")}
          </Button>
        </span>
      </header>
      <Trouble webhook={webhook} />
      {secret && <Once text={secret} label={t("hooks.secret")} />}
      {secret && <p class={css.lead}>{t("hooks.rotated")}</p>}

      <Deliveries shop={shop} webhook={webhook.id} fresh={fresh} />

      <section class={css.card}>
        <h3>{t("hooks.secret")}</h3>
        <p class={css.lead}>{t("hooks.secret.lead", { last4: webhook.secret_last4 })}</p>
        <div class={css.actions}>
          <Button icon="refresh" onClick={() => setAsking("rotate")}>
            {t("hooks.rotate")}
          </Button>
        </div>
      </section>

      <details class={css.fold}>
        <summary>{t("hooks.change")}</summary>
        <WebhookForm
          key={webhook.url + webhook.events.join()}
          webhook={webhook}
          submit={t("action.save")}
          save={async (typed) => {
            onChange(await api.patch<Webhook>(url(path), typed));
            toast(t("shop.saved"));
          }}
        />
      </details>
      <div class={css.actions}>
        <Button look="danger" icon="trash" onClick={() => setAsking("delete")}>
          {t("hooks.delete")}
        </Button>
        <span class={css.small}>{t("keys.created", { date: dateTime(webhook.created_at) })}</span>
      </div>

      {asking === "rotate" && (
        <Confirm
          title={t("hooks.rotate.title")}
          text={t("hooks.rotate.text")}
          confirm={t("hooks.rotate")}
          onClose={() => setAsking(undefined)}
          run={async () => {
            const { secret: made, ...next } = await api.post<Webhook>(url([...path, "rotate"]));
            setSecret(made);
            onChange(next);
          }}
        />
      )}
      {asking === "delete" && (
        <Confirm
          title={t("hooks.delete.title")}
          text={t("hooks.delete.text")}
          confirm={t("hooks.delete")}
          onClose={() => setAsking(undefined)}
          run={async () => {
            await api.delete(url(path));
            navigate(toWebhooks(shop), { replace: true });
            onGone();
          }}
        />
      )}
    </div>
  );
}

/** Trouble says what is wrong and what to do about it, where something is. */
function Trouble({ webhook }: { webhook: Webhook }): JSX.Element | null {
  const condition = conditionOf(webhook);
  if (condition === "active") return null;
  const off = condition === "off";
  return (
    <p class={off ? css.aside : css.warning} role="status" data-testid="webhook-trouble">
      <Icon name={off ? "pause" : "warning"} size={18} />
      <span>{t(`hooks.why.${condition}`)}</span>
    </p>
  );
}
