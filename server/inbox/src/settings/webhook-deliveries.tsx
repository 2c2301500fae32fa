// The log of a webhook: each event's way there, try by try, with what was sent and what came back.
import type { JSX } from "preact";
import { useCallback, useEffect, useId, useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { WebhookAttempt, WebhookDelivery } from "../api/developers";
import type { List } from "../api/types";
import { has, t } from "../i18n";
import { ago, dateTime, moment, number } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { now } from "../state/clock";
import { Button, IconButton } from "../ui/button";
import { copyText } from "../ui/copy-button";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import css from "./settings.module.css";
import { pretty, putDelivery, summaryOf } from "./webhook-events";
import own from "./webhooks.module.css";

const filters = ["all", "pending", "delivered", "dead"] as const;
type Filter = (typeof filters)[number];
const pageSize = 25;
/** A delivery that was just asked for is looked at again until it is over, for a while. */
const lookEvery = 1500;
const looks = 10;

interface Props {
  shop: string;
  webhook: string;
  /** Was just made: shown on top, and followed. */
  fresh: WebhookDelivery | undefined;
}

type Held =
  | { state: "loading" }
  | { state: "failed" }
  | { state: "ready"; items: readonly WebhookDelivery[]; next?: string };

export function Deliveries({ shop, webhook, fresh }: Props): JSX.Element {
  const path = ["shops", shop, "webhooks", webhook, "deliveries"];
  const [filter, setFilter] = useState<Filter>("all");
  const [held, setHeld] = useState<Held>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  const [open, setOpen] = useState<string>();
  const [followed, setFollowed] = useState<WebhookDelivery>();
  const [more, setMore] = useState(false);

  const read = useCallback(
    (cursor?: string) =>
      api.get<List<WebhookDelivery>>(
        url(path, { state: filter === "all" ? undefined : filter, limit: pageSize, cursor }),
      ),
    [shop, webhook, filter],
  );
  useEffect(() => {
    let stale = false;
    setHeld({ state: "loading" });
    read().then(
      ({ items, next }) => !stale && setHeld({ state: "ready", items, ...(next ? { next } : {}) }),
      () => !stale && setHeld({ state: "failed" }),
    );
    return () => {
      stale = true;
    };
  }, [read, attempt]);

  const put = useCallback((one: WebhookDelivery) => {
    setHeld((now) => (now.state === "ready" ? { ...now, items: putDelivery(now.items, one) } : now));
  }, []);
  useEffect(() => {
    if (!fresh) return;
    put(fresh);
    setFollowed(fresh);
  }, [fresh, put]);
  useFollowed(path, followed, put);

  const loadMore = async (cursor: string) => {
    setMore(true);
    try {
      const page = await read(cursor);
      setHeld((now) =>
        now.state === "ready"
          ? {
              state: "ready",
              items: [...now.items, ...page.items],
              ...(page.next ? { next: page.next } : {}),
            }
          : now,
      );
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    } finally {
      setMore(false);
    }
  };

  return (
    <section class={css.part} aria-label={t("deliveries.title")} data-testid="deliveries">
      <div class={own.head}>
        <h3>{t("deliveries.title")}</h3>
        <div class={own.filters} role="group" aria-label={t("deliveries.filter")}>
          {filters.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={filter === one}
              class={cx(own.filter, filter === one && own.on)}
              onClick={() => setFilter(one)}
            >
              {t(`deliveries.state.${one}`)}
            </button>
          ))}
        </div>
        <IconButton icon="refresh" label={t("problems.reload")} onClick={() => setAttempt(attempt + 1)} />
      </div>
      {held.state === "loading" && <Skeleton lines={5} />}
      {held.state === "failed" && (
        <Failure text={t("settings.failed")} onRetry={() => setAttempt(attempt + 1)} />
      )}
      {held.state === "ready" && held.items.length === 0 && (
        <Empty icon="pulse" title={t("deliveries.none")}>
          {filter === "all" && t("deliveries.none.more")}
        </Empty>
      )}
      {held.state === "ready" && held.items.length > 0 && (
        <ul class={css.rows}>
          {held.items.map((one) => (
            <li key={one.id}>
              <Delivery
                path={path}
                delivery={one}
                open={open === one.id}
                onToggle={() => setOpen(open === one.id ? undefined : one.id)}
                onReplayed={(next) => {
                  put(next);
                  setFollowed(next);
                }}
              />
            </li>
          ))}
        </ul>
      )}
      {held.state === "ready" && held.next && (
        <div class={css.actions}>
          <Button busy={more} onClick={() => held.next && void loadMore(held.next)}>
            {t("deliveries.more")}
          </Button>
        </div>
      )}
    </section>
  );
}

/** useFollowed looks at one delivery until it is over. */
function useFollowed(
  path: readonly string[],
  delivery: WebhookDelivery | undefined,
  put: (one: WebhookDelivery) => void,
): void {
  useEffect(() => {
    if (!delivery) return;
    let left = looks;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      left -= 1;
      const next = await api.get<WebhookDelivery>(url([...path, delivery.id])).catch(() => undefined);
      if (timer === undefined) return;
      if (next) put(next);
      if (left > 0 && next?.state !== "delivered" && next?.state !== "dead")
        timer = setTimeout(look, lookEvery);
    };
    timer = setTimeout(look, lookEvery / 3);
    return () => {
      clearTimeout(timer);
      timer = undefined;
    };
  }, [delivery]);
}

const tones = { pending: "warn", delivered: "ok", dead: "danger" } as const;

function Delivery(props: {
  path: readonly string[];
  delivery: WebhookDelivery;
  open: boolean;
  onToggle: () => void;
  onReplayed: (next: WebhookDelivery) => void;
}): JSX.Element {
  const { path, delivery, open, onToggle, onReplayed } = props;
  const id = useId();
  const last = summaryOf(delivery);
  return (
    <article data-testid="delivery" data-state={delivery.state}>
      <button type="button" class={own.row} aria-expanded={open} aria-controls={id} onClick={onToggle}>
        <Chip tone={tones[delivery.state]}>{t(`deliveries.state.${delivery.state}`)}</Chip>
        <code class={own.type}>{delivery.type}</code>
        <span class={own.last}>
          {last?.status !== undefined && t("deliveries.status", { status: String(last.status) })}
          {last?.status === undefined && last?.error && errorWord(last.error)}
        </span>
        <time
          class={own.at}
          dateTime={new Date(delivery.created_at).toISOString()}
          data-tip={dateTime(delivery.created_at)}
        >
          {ago(delivery.created_at, now.value)}
        </time>
        <span class={cx(own.turn, open && own.turned)}>
          <Icon name="down" size={16} />
        </span>
      </button>
      <div id={id} hidden={!open}>
        {open && <DeliveryDetails path={path} delivery={delivery} onReplayed={onReplayed} />}
      </div>
    </article>
  );
}

function errorWord(code: string): string {
  const key = `deliveries.error.${code}`;
  return has(key) ? t(key) : code;
}

function DeliveryDetails(props: {
  path: readonly string[];
  delivery: WebhookDelivery;
  onReplayed: (next: WebhookDelivery) => void;
}): JSX.Element {
  const { path, delivery, onReplayed } = props;
  const [body, setBody] = useState<string | "failed">();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let stale = false;
    api.get<WebhookDelivery>(url([...path, delivery.id])).then(
      (one) => !stale && setBody(one.body ?? ""),
      () => !stale && setBody("failed"),
    );
    return () => {
      stale = true;
    };
  }, [delivery.id]);
  const replay = async () => {
    setBusy(true);
    try {
      onReplayed(await api.post<WebhookDelivery>(url([...path, delivery.id, "replay"])));
      toast(t("deliveries.replayed"));
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class={own.details}>
      {delivery.state === "dead" && <p class={own.dead}>{t("deliveries.dead")}</p>}
      {delivery.state === "pending" && delivery.next_at && (
        <p class={css.small}>{t("deliveries.next", { time: moment(delivery.next_at, now.value) })}</p>
      )}
      <Attempts attempts={delivery.attempts} />
      <div class={own.body}>
        <h4>{t("deliveries.body")}</h4>
        {body === undefined && <Skeleton lines={3} />}
        {body === "failed" && <p class={css.small}>{t("settings.failed")}</p>}
        {body !== undefined && body !== "failed" && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls and is selected by keyboard
          <pre role="group" aria-label={t("deliveries.body")} tabIndex={0} dir="ltr">
            {pretty(body)}
          </pre>
        )}
      </div>
      <p class={css.small}>
        webhook-id: <code>{delivery.event}</code>
      </p>
      <div class={css.actions}>
        <Button
          small
          icon="refresh"
          busy={busy}
          disabled={delivery.state === "pending"}
          onClick={() => void replay()}
        >
          {t("deliveries.replay")}
        </Button>
        <Button
          small
          look="quiet"
          icon="copy"
          disabled={!body || body === "failed"}
          onClick={() => body && void copyText(body)}
        >
          {t("deliveries.copy")}
        </Button>
      </div>
    </div>
  );
}

function Attempts({ attempts }: { attempts: readonly WebhookAttempt[] }): JSX.Element {
  if (attempts.length === 0) return <p class={css.small}>{t("deliveries.notyet")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a small window the table scrolls
    <div class={own.scroll} role="group" aria-label={t("deliveries.attempts")} tabIndex={0}>
      <table class={own.attempts}>
        <thead>
          <tr>
            <th scope="col">{t("deliveries.attempt")}</th>
            <th scope="col">{t("deliveries.when")}</th>
            <th scope="col">{t("deliveries.answer")}</th>
            <th scope="col">{t("deliveries.took")}</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((one, index) => (
            <tr key={one.at}>
              <td>{number(index + 1)}</td>
              <td>{dateTime(one.at)}</td>
              <td>
                {one.status !== undefined && (
                  <strong>{t("deliveries.status", { status: String(one.status) })}</strong>
                )}{" "}
                {one.error && errorWord(one.error)}
                {one.answer && (
                  <code class={own.answer} dir="ltr">
                    {one.answer}
                  </code>
                )}
              </td>
              <td>{t("deliveries.ms", { ms: number(one.duration_ms) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
