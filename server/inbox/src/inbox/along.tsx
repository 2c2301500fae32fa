// In the context panel: the ways to reach the shopper, how the conversation went along and came back, and what they have
// agreed to.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Address, Consent, Handoff, Reach } from "../api/channels";
import { clockSkew } from "../api/client";
import type { Conversation } from "../api/types";
import { latestConsents, stepsOf } from "../channels/along";
import { personOf, wayOf, windowOf } from "../channels/compose";
import { t } from "../i18n";
import { dateTime, languageName, moment, span } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { now, serverTime } from "../state/clock";
import { loadContext } from "../state/context";
import { alongOf, loadAlong, unmerge } from "../state/handoffs";
import { threadOf } from "../state/live";
import { reachOf } from "../state/reach";
import { Button } from "../ui/button";
import { ChannelMark, channelName } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { Failure } from "../ui/states";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import css from "./along.module.css";
import { reasonText } from "./channel-words";
import panel from "./context-panel.module.css";
import { Outside } from "./outside";

const settle = 300;

export function AlongSection({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const { id, shop, shopper, position } = conversation;
  const held = alongOf(id).value;
  useEffect(() => {
    const timer = setTimeout(
      () => void loadAlong(shop, shopper.id, id),
      alongOf(id).value.value ? settle : 0,
    );
    return () => clearTimeout(timer);
  }, [id, shop, shopper.id, position]);

  if (held.state === "failed" && !held.value) {
    return (
      <section class={panel.section} aria-label={t("along.title")}>
        <Failure text={t("along.failed")} onRetry={() => void loadAlong(shop, shopper.id, id)} />
      </section>
    );
  }
  const { handoffs = [], consents = [] } = held.value ?? {};
  const addresses = known(reachOf(id).value.value, held.value?.addresses ?? []);
  const merged = mergedOf(conversation);
  if (!addresses.length && !handoffs.length && !consents.length && !merged.length) return null;
  return (
    <section class={panel.section} aria-label={t("along.title")}>
      <h3>
        <Icon name="along" size={16} /> {t("along.title")}
      </h3>
      {addresses.length > 0 && (
        <ul class={css.addresses} aria-label={t("along.addresses")}>
          {addresses.map((address) => (
            <AddressLine key={address.id} address={address} conversation={conversation} />
          ))}
        </ul>
      )}
      {handoffs.map((handoff) => (
        <HandoffLine key={handoff.id} handoff={handoff} />
      ))}
      {merged.map((one) => (
        <Merged key={one.id} conversation={conversation} merged={one} />
      ))}
      {consents.length > 0 && <Consents consents={consents} />}
    </section>
  );
}

/** Who is not confirmed yet is somebody of their own: the conversation knows their address, the shopper does not. */
function known(reach: Reach | undefined, own: readonly Address[]): Address[] {
  const ways = reach?.ways.map((way) => way.address) ?? [];
  return [...ways, ...own.filter((one) => !ways.some((way) => way.id === one.id))];
}

function AddressLine({
  address,
  conversation,
}: {
  address: Address;
  conversation: Conversation;
}): JSX.Element {
  const reach = reachOf(conversation.id).value.value;
  const way = wayOf(reach, address.id);
  const left = windowOf(way?.window_until, serverTime());
  const current = reach?.route === address.id;
  const number = address.phone ?? (address.username && `@${address.username}`) ?? address.user_id;
  return (
    <li class={css.address}>
      <ChannelMark channel={address.channel} size={18} />
      <div class={css.text}>
        <p class={css.who}>
          <bdi>{personOf(address) || channelName(address.channel)}</bdi>
          {current && <Chip tone="ok">{t("along.current")}</Chip>}
        </p>
        {number && number !== personOf(address) && (
          <p class={css.small}>
            <bdi dir="ltr">{number}</bdi>
          </p>
        )}
        <p class={css.marks}>
          {address.confirmed_at ? (
            <span data-tip={dateTime(address.confirmed_at)}>
              <Icon name="circleCheck" size={14} /> {t("along.confirmed")}
            </span>
          ) : (
            <span data-tip={t("along.unconfirmed.tip")}>
              <Icon name="question" size={14} /> {t("along.unconfirmed")}
            </span>
          )}
          {left &&
            (left.tone === "closed" ? (
              <span>{t("window.closed")}</span>
            ) : (
              <span data-tip={dateTime(left.until - clockSkew.value)}>
                {t("along.window", { span: span(left.left) })}
              </span>
            ))}
        </p>
        {address.stopped_at && (
          <p class={css.bad}>
            <Icon name="hand" size={14} />{" "}
            {t("along.stopped", { time: moment(address.stopped_at, now.value) })}
          </p>
        )}
        {address.no_marketing_at && <p class={css.small}>{t("along.nomarketing")}</p>}
        {address.unreachable_at && (
          <p class={css.bad}>
            <Icon name="warning" size={14} /> {t("along.unreachable")} {reasonText(address.unreachable_why)}
          </p>
        )}
      </div>
    </li>
  );
}

function HandoffLine({ handoff }: { handoff: Handoff }): JSX.Element {
  const steps = stepsOf(handoff);
  return (
    <div class={css.handoff}>
      <p class={css.title}>
        <ChannelMark channel={handoff.from} size={15} />
        <Icon name="forward" size={13} />
        <ChannelMark channel={handoff.to} size={15} />
        <span class={css.source}>{t(`along.source.${handoff.source}`)}</span>
      </p>
      <ol class={css.steps}>
        {steps.map((step) => (
          <li
            key={step.state}
            class={cx(css.step, step.done && css.done, step.bad && css.failed)}
            aria-current={step.current ? "step" : undefined}
          >
            <span>{t(`along.state.${step.state}`)}</span>
            {step.at !== undefined && (
              <time class={css.time} dateTime={new Date(step.at).toISOString()} data-tip={dateTime(step.at)}>
                {moment(step.at, now.value)}
              </time>
            )}
            {!step.done && <span class="sr">{t("along.notyet")}</span>}
          </li>
        ))}
      </ol>
      {handoff.reason && <p class={css.small}>{reasonText(handoff.reason)}</p>}
      {handoff.page && (
        <p class={css.small}>
          {t("along.page")}{" "}
          <Outside href={handoff.page}>
            <bdi dir="ltr">{pathOf(handoff.page)}</bdi>
          </Outside>
        </p>
      )}
    </div>
  );
}

function pathOf(address: string): string {
  try {
    const { pathname, host } = new URL(address);
    return pathname === "/" ? host : pathname;
  } catch {
    return address;
  }
}

interface MergedShopper {
  id: string;
  at: number;
}

/** mergedOf reads from the log who became one with this shopper and was not parted again. */
function mergedOf(conversation: Conversation): MergedShopper[] {
  const held = new Map<string, number>();
  for (const item of threadOf(conversation.id).value?.items ?? []) {
    const { code, detail } = item.event?.hint ?? {};
    if (!detail?.startsWith("shp_")) continue;
    if (code === "merged") held.set(detail, item.at);
    if (code === "unmerged") held.delete(detail);
  }
  return [...held].map(([id, at]) => ({ id, at }));
}

function Merged({
  conversation,
  merged,
}: {
  conversation: Conversation;
  merged: MergedShopper;
}): JSX.Element {
  const [busy, setBusy] = useState(false);
  const { shop } = conversation;
  const part = async () => {
    setBusy(true);
    try {
      await unmerge(shop, merged.id);
      toast(t("along.unmerged"));
      void loadContext(shop, conversation.shopper.id);
    } catch (error) {
      toast(`${t("action.failed")} ${failureText(error)}`, { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class={css.merged}>
      <p class={css.small}>
        {t("along.merged", {
          name: t("shopper.anonymous", { code: merged.id.slice(-4).toUpperCase() }),
          time: moment(merged.at, now.value),
        })}
      </p>
      <Button small look="quiet" busy={busy} onClick={() => void part()}>
        {t("along.unmerge")}
      </Button>
    </div>
  );
}

function Consents({ consents }: { consents: readonly Consent[] }): JSX.Element {
  const latest = latestConsents(consents);
  return (
    <details class={css.consents}>
      <summary>
        <Icon name="shield" size={15} /> {t("consent.title", { count: latest.length })}
      </summary>
      <ul>
        {latest.map((one) => (
          <li key={one.id}>
            <p class={css.who}>
              <Icon name={one.granted ? "check" : "close"} size={14} />
              {t(one.granted ? "consent.granted" : "consent.withdrawn", {
                purpose: t(`purpose.${one.purpose}`),
              })}
            </p>
            <p class={css.small}>
              {channelName(one.channel)} · <bdi dir="ltr">{one.value}</bdi> ·{" "}
              <span data-tip={dateTime(one.at)}>{moment(one.at, now.value)}</span>
            </p>
            <p class={css.small}>
              {t(`consent.source.${one.source}`)}
              {one.version && ` · ${t("consent.version", { version: one.version })}`}
              {one.language && ` · ${languageName(one.language)}`}
            </p>
            {one.wording && (
              <blockquote class={css.wording} dir="auto" {...(one.language ? { lang: one.language } : {})}>
                {one.wording}
              </blockquote>
            )}
            {one.page && (
              <p class={css.small}>
                <Outside href={one.page}>
                  <bdi dir="ltr">{pathOf(one.page)}</bdi>
                </Outside>
              </p>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
