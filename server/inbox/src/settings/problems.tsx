// Settings → Problems: webhooks that could not be taken in. Each was kept whole, so that nothing a provider was thanked for
// is lost: it can be tried again after what was wrong is mended, or thrown away.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DeadWebhook } from "../api/channels";
import { api, url } from "../api/client";
import type { List } from "../api/types";
import { t } from "../i18n";
import { dateTime } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { Button } from "../ui/button";
import { Empty, Failure, Skeleton } from "../ui/states";
import { toast } from "../ui/toast";
import css from "./channels.module.css";
import { Confirm } from "./confirm";
import { useLoaded } from "./load";
import page from "./settings.module.css";

export function Problems(): JSX.Element {
  const [held, load, put] = useLoaded(
    async () => (await api.get<List<DeadWebhook>>(url(["webhooks", "dead"]))).items,
    "dead",
  );
  const [dropping, setDropping] = useState<DeadWebhook>();
  const without = (id: string) => {
    if (held.state === "ready") put(held.value.filter((one) => one.id !== id));
  };
  return (
    <>
      <header class={page.head}>
        <h2>{t("settings.problems")}</h2>
        <Button icon="refresh" onClick={load}>
          {t("problems.reload")}
        </Button>
      </header>
      <p class={page.lead}>{t("problems.lead")}</p>
      {held.state === "loading" && <Skeleton lines={5} />}
      {held.state === "failed" && <Failure text={t("settings.failed")} onRetry={load} />}
      {held.state === "ready" && held.value.length === 0 && (
        <Empty icon="circleCheck" title={t("problems.none")}>
          {t("problems.none.more")}
        </Empty>
      )}
      {held.state === "ready" && held.value.length > 0 && (
        <ul class={page.rows}>
          {held.value.map((one) => (
            <li key={one.id}>
              <Dead webhook={one} onTaken={() => without(one.id)} onDrop={() => setDropping(one)} />
            </li>
          ))}
        </ul>
      )}
      {dropping && (
        <Confirm
          title={t("problems.drop.title")}
          text={t("problems.drop.text")}
          confirm={t("problems.drop")}
          onClose={() => setDropping(undefined)}
          run={async () => {
            await api.delete(url(["webhooks", "dead", dropping.id]));
            without(dropping.id);
          }}
        />
      )}
    </>
  );
}

function Dead(props: { webhook: DeadWebhook; onTaken: () => void; onDrop: () => void }): JSX.Element {
  const { webhook, onTaken, onDrop } = props;
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      await api.post(url(["webhooks", "dead", webhook.id, "retry"]));
      toast(t("problems.retried"));
      onTaken();
    } catch (error) {
      toast(failureText(error), { tone: "error" });
      setBusy(false);
    }
  };
  return (
    <article class={css.dead}>
      <div class={css.deadHead}>
        <div class={css.error}>
          <p dir="auto">{webhook.error || t("problems.noerror")}</p>
          <p class={page.small}>
            <time dateTime={new Date(webhook.at).toISOString()}>{dateTime(webhook.at)}</time> ·{" "}
            {t("problems.attempts", { count: webhook.attempts })}
          </p>
        </div>
        <div class={page.actions}>
          <Button small icon="refresh" busy={busy} onClick={() => void retry()}>
            {t("action.retry")}
          </Button>
          <Button small look="danger" onClick={onDrop}>
            {t("problems.drop")}
          </Button>
        </div>
      </div>
      <details>
        <summary>{t("problems.body")}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls and is selected by keyboard */}
        <pre class={css.raw} role="group" aria-label={t("problems.body")} tabIndex={0} dir="ltr">
          {webhook.body}
        </pre>
        {webhook.cut && <p class={page.small}>{t("problems.cut")}</p>}
      </details>
    </article>
  );
}
