// Webhooks out: the URLs of the shop's own software that are told what happens here.
import type { JSX } from "preact";
import { api, url } from "../api/client";
import type { Webhook } from "../api/developers";
import type { List } from "../api/types";
import { t } from "../i18n";
import { ago } from "../i18n/formats";
import { navigate, pathOf } from "../router";
import { now } from "../state/clock";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { useLoaded } from "./load";
import css from "./settings.module.css";
import { type Condition, conditionOf } from "./webhook-events";
import { NewWebhook } from "./webhook-form";
import { WebhookPage } from "./webhook-page";

const most = 20;

export const toWebhooks = (shop: string, item?: string) =>
  ({ page: "settings", section: "shops", id: shop, tab: "webhooks", ...(item ? { item } : {}) }) as const;

export function Webhooks({ shop, item }: { shop: string; item: string | undefined }): JSX.Element {
  const [held, load, put] = useLoaded(
    async () => (await api.get<List<Webhook>>(url(["shops", shop, "webhooks"]))).items,
    shop,
  );
  if (held.state === "loading") return <Skeleton lines={6} />;
  if (held.state === "failed") return <Failure text={t("settings.failed")} onRetry={load} />;
  const hooks = held.value;
  if (item === "new") {
    return <NewWebhook shop={shop} onMade={(one) => put([...hooks, { ...one }])} />;
  }
  const shown = hooks.find((one) => one.id === item);
  if (shown) {
    return (
      <WebhookPage
        key={shown.id}
        shop={shop}
        webhook={shown}
        onChange={(next) => put(hooks.map((one) => (one.id === next.id ? next : one)))}
        onGone={() => put(hooks.filter((one) => one.id !== shown.id))}
      />
    );
  }
  return <WebhookList shop={shop} hooks={hooks} />;
}

function WebhookList({ shop, hooks }: { shop: string; hooks: readonly Webhook[] }): JSX.Element {
  const full = hooks.length >= most;
  const add = (
    <Button look="primary" icon="plus" disabled={full} onClick={() => navigate(toWebhooks(shop, "new"))}>
      {t("hooks.new")}
    </Button>
  );
  return (
    <div class={css.stack}>
      <p class={css.lead}>{t("hooks.lead")}</p>
      {hooks.length === 0 ? (
        <Empty icon="pulse" title={t("hooks.none")}>
          {t("hooks.none.more")}
        </Empty>
      ) : (
        <ul class={css.rows}>
          {hooks.map((one) => (
            <li key={one.id}>
              <a class={css.row} href={pathOf(toWebhooks(shop, one.id))} data-testid="webhook">
                <Icon name="pulse" />
                <span class={css.rowText}>
                  <span class={css.rowTitle}>
                    <bdi dir="ltr" class={css.address}>
                      {one.url}
                    </bdi>
                    <StateMark webhook={one} />
                  </span>
                  <span class={css.small}>
                    {one.description && (
                      <>
                        <bdi>{one.description}</bdi> ·{" "}
                      </>
                    )}
                    {t("hooks.events", { count: one.events.length })} · {lastOf(one)}
                  </span>
                </span>
                <Icon name="forward" size={18} />
              </a>
            </li>
          ))}
        </ul>
      )}
      <div class={css.actions}>
        {add}
        {full && <span class={css.small}>{t("hooks.full", { count: most })}</span>}
      </div>
    </div>
  );
}

const tones: Record<Condition, "ok" | "warn" | "danger" | "plain"> = {
  active: "ok",
  failing: "warn",
  off: "plain",
  gone: "danger",
  key_revoked: "danger",
  secret_unreadable: "danger",
  paused: "danger",
};

/** StateMark says in one word how it goes: what somebody switched off is not a fault. */
export function StateMark({ webhook }: { webhook: Webhook }): JSX.Element {
  const condition = conditionOf(webhook);
  const word =
    condition === "active" || condition === "failing" || condition === "off" ? condition : "paused";
  return <Chip tone={tones[condition]}>{t(`hooks.state.${word}`)}</Chip>;
}

function lastOf({ last_success_at: good, last_failure_at: bad }: Webhook): string {
  if (bad && bad > (good ?? 0)) return t("hooks.last.failed", { ago: ago(bad, now.value) });
  return good ? t("hooks.last.delivered", { ago: ago(good, now.value) }) : t("hooks.last.none");
}
