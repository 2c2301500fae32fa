// The templates of a connection, as they were fetched last from the provider, who has the truth.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Account, Template } from "../api/channels";
import { api, url } from "../api/client";
import type { List } from "../api/types";
import { refusalOf, sorted } from "../channels/template";
import { has, t } from "../i18n";
import { ago, languageName } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { refusalText } from "../inbox/template-picker";
import { now } from "../state/clock";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import css from "./channels.module.css";
import { useLoaded } from "./load";
import page from "./settings.module.css";

export function Templates({ account }: { account: Account }): JSX.Element {
  const shop = account.default_shop || account.shops[0] || "";
  const [held, load, put] = useLoaded(
    async () =>
      (await api.get<List<Template>>(url(["shops", shop, "templates"]))).items.filter(
        (one) => one.account === account.id,
      ),
    `${account.id}/${shop}`,
  );
  const [busy, setBusy] = useState(false);
  const sync = async () => {
    setBusy(true);
    try {
      put((await api.post<List<Template>>(url(["accounts", account.id, "templates", "sync"]))).items);
      toast(t("templates.synced"));
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  const items = held.state === "ready" ? held.value : [];
  const synced = Math.max(0, ...items.map((one) => one.synced_at));
  return (
    <section class={page.card}>
      <header class={page.head}>
        <p class={page.small}>
          {synced > 0 ? t("templates.at", { ago: ago(synced, now.value) }) : t("templates.never")}
        </p>
        <Button icon="refresh" busy={busy} onClick={() => void sync()}>
          {t("templates.sync")}
        </Button>
      </header>
      <p class={page.lead}>{t("templates.lead")}</p>
      {held.state === "loading" && <Skeleton lines={6} />}
      {held.state === "failed" && <Failure text={t("template.failed")} onRetry={load} />}
      {held.state === "ready" && items.length === 0 && (
        <Empty icon="template" title={t("template.none")}>
          {t("templates.none.more")}
        </Empty>
      )}
      {items.length > 0 && (
        <ul class={css.templates}>
          {sorted(items, undefined).map((one) => (
            <Line key={one.id} template={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Line({ template }: { template: Template }): JSX.Element {
  const refusal = refusalOf(template);
  const status = `template.status.${template.status}`;
  return (
    <li class={css.template}>
      <span class={css.templateHead}>
        <strong>
          <bdi>{template.name}</bdi>
        </strong>
        <Chip tone={template.status === "approved" ? "ok" : "warn"}>
          {has(status) ? t(status) : template.status}
        </Chip>
        <Chip>{languageName(template.language)}</Chip>
        <Chip>{t(`category.${template.category}`)}</Chip>
      </span>
      <span class={css.templateText} dir="auto">
        {template.body.text}
      </span>
      {refusal && (
        <span class={css.problem}>
          <Icon name="warning" size={14} /> {refusalText(template, refusal)}
        </span>
      )}
    </li>
  );
}
