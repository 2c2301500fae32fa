// The channels that the widget offers, in order. They are moved with buttons, which work with every kind of input; what
// moved is said aloud, and the focus stays on the button.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Account, ChannelRules, HandoffChannel } from "../api/channels";
import { t } from "../i18n";
import { languageName } from "../i18n/formats";
import { pathOf } from "../router";
import { Button, IconButton } from "../ui/button";
import { ChannelMark, channelName } from "../ui/channel";
import { Check, Field, Select } from "../ui/field";
import { Empty } from "../ui/states";
import css from "./channels.module.css";
import page from "./settings.module.css";

interface Props {
  channels: readonly HandoffChannel[];
  accounts: readonly Account[];
  rules: readonly ChannelRules[];
  languages: readonly string[];
  onChange: (channels: HandoffChannel[]) => void;
}

/** moved takes one step up or down in the order; the ends stay. */
export function moved<T>(list: readonly T[], at: number, step: -1 | 1): T[] {
  const to = at + step;
  const next = [...list];
  if (to < 0 || to >= list.length) return next;
  const [one] = next.splice(at, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
}

export function OfferedChannels({ channels, accounts, rules, languages, onChange }: Props): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState("");
  const [focus, setFocus] = useState<{ channel: string; button: "up" | "down" }>();
  useEffect(() => {
    if (!focus) return;
    const row = list.current?.querySelector(`[data-offered="${focus.channel}"]`);
    const wanted = row?.querySelector<HTMLButtonElement>(`[data-move="${focus.button}"]:not(:disabled)`);
    (wanted ?? row?.querySelector<HTMLButtonElement>("[data-move]:not(:disabled)"))?.focus();
    setFocus(undefined);
  }, [focus]);

  const move = (at: number, step: -1 | 1) => {
    const one = channels[at];
    if (!one) return;
    onChange(moved(channels, at, step));
    setFocus({ channel: one.channel, button: step < 0 ? "up" : "down" });
    setSaid(
      t("handoff.moved", { channel: channelName(one.channel), place: at + step + 1, count: channels.length }),
    );
  };
  const change = (at: number, next: Partial<HandoffChannel>) =>
    onChange(channels.map((one, index) => (index === at ? { ...one, ...next } : one)));

  const free = rules.filter(
    (rule) =>
      !channels.some((one) => one.channel === rule.channel) &&
      accounts.some((account) => account.channel === rule.channel && account.state !== "off"),
  );
  return (
    <>
      {channels.length === 0 && free.length === 0 && (
        <Empty icon="plug" title={t("handoff.none")}>
          <a href={pathOf({ page: "settings", section: "channels" })}>{t("handoff.none.more")}</a>
        </Empty>
      )}
      <ol ref={list} class={css.order}>
        {channels.map((one, at) => (
          <li key={one.channel} class={css.offered} data-offered={one.channel}>
            <div class={css.offeredHead}>
              <ChannelMark channel={one.channel} bare size={18} />
              <strong>{channelName(one.channel)}</strong>
              <IconButton
                icon="up"
                data-move="up"
                label={t("handoff.up", { channel: channelName(one.channel) })}
                disabled={at === 0}
                onClick={() => move(at, -1)}
              />
              <IconButton
                icon="down"
                data-move="down"
                label={t("handoff.down", { channel: channelName(one.channel) })}
                disabled={at === channels.length - 1}
                onClick={() => move(at, 1)}
              />
              <IconButton
                icon="trash"
                label={t("handoff.remove", { channel: channelName(one.channel) })}
                onClick={() => onChange(channels.filter((other) => other !== one))}
              />
            </div>
            <Offered
              offered={one}
              accounts={accounts.filter((account) => account.channel === one.channel)}
              rule={rules.find((rule) => rule.channel === one.channel)}
              languages={languages}
              onChange={(next) => change(at, next)}
            />
          </li>
        ))}
      </ol>
      <p class="sr" role="status">
        {said}
      </p>
      {free.length > 0 && (
        <div class={page.actions}>
          {free.map((rule) => (
            <Button
              key={rule.channel}
              icon="plus"
              onClick={() => {
                const account = accounts.find((other) => other.channel === rule.channel);
                if (!account) return;
                onChange([
                  ...channels,
                  {
                    channel: rule.channel,
                    account: account.id,
                    link: rule.links,
                    ask: rule.unasked && !rule.links,
                  },
                ]);
              }}
            >
              {t("handoff.add", { channel: channelName(rule.channel) })}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

interface OfferedProps {
  offered: HandoffChannel;
  accounts: readonly Account[];
  rule: ChannelRules | undefined;
  languages: readonly string[];
  onChange: (next: Partial<HandoffChannel>) => void;
}

function Offered({ offered, accounts, rule, languages, onChange }: OfferedProps): JSX.Element {
  const known = accounts.some((one) => one.id === offered.account);
  return (
    <>
      {(accounts.length > 1 || !known) && (
        <Select
          label={t("handoff.account")}
          value={offered.account}
          options={[
            ...(known ? [] : [{ value: offered.account, label: t("handoff.account.gone") }]),
            ...accounts.map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={(account) => onChange({ account })}
        />
      )}
      <div class={page.chips}>
        {rule?.links !== false && (
          <Check
            label={t("handoff.link", { channel: channelName(offered.channel) })}
            checked={offered.link ?? false}
            onChange={(link) => onChange({ link })}
          />
        )}
        {rule?.unasked && (
          <Check
            label={t(offered.channel === "email" ? "handoff.ask.email" : "handoff.ask")}
            checked={offered.ask ?? false}
            onChange={(ask) => onChange({ ask })}
          />
        )}
      </div>
      <details>
        <summary>{t("handoff.labels")}</summary>
        <div class={page.pair}>
          {languages.map((tag) => (
            <Field
              key={tag}
              label={languageName(tag)}
              maxLength={40}
              placeholder={t("handoff.label.own")}
              value={offered.label?.[tag] ?? ""}
              onInput={(event) => onChange({ label: { ...offered.label, [tag]: event.currentTarget.value } })}
            />
          ))}
        </div>
      </details>
    </>
  );
}
