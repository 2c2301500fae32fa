// Settings → Channels: every connection with its state in plain words, and the providers' apps behind them.
import type { JSX } from "preact";
import type { Account } from "../api/channels";
import { t } from "../i18n";
import { reasonText } from "../inbox/channel-words";
import { navigate, pathOf } from "../router";
import { shopOf } from "../state/session";
import { Button } from "../ui/button";
import { ChannelMark, channelIcon, channelName } from "../ui/channel";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { Menu } from "../ui/menu";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { AccountPage } from "./account";
import css from "./channels.module.css";
import { ConnectPage } from "./connect";
import { useConnections } from "./connections";
import { ProviderApps } from "./provider-apps";
import page from "./settings.module.css";

/** Those that a page of ours leads through; a server may have more of them built in than we have words for. */
export const connectable = ["whatsapp", "messenger", "instagram", "email"] as const;
export type Connectable = (typeof connectable)[number];

export function Channels({ id }: { id: string | undefined }): JSX.Element {
  const channel = connectable.find((one) => id === `connect-${one}`);
  if (channel) return <ConnectPage key={channel} channel={channel} />;
  if (id) return <AccountPage key={id} id={id} />;
  return <List />;
}

function List(): JSX.Element {
  const held = useConnections();
  const connect = connectable.filter(
    (one) => held.state !== "ready" || held.rules.some((rule) => rule.channel === one),
  );
  return (
    <>
      <header class={page.head}>
        <h2>{t("settings.channels")}</h2>
        <Menu
          label={t("channels.connect")}
          align="end"
          items={connect.map((one) => ({
            label: channelName(one),
            icon: channelIcon(one),
            run: () => navigate({ page: "settings", section: "channels", id: `connect-${one}` }),
          }))}
          trigger={(trigger) => (
            <button type="button" {...trigger} class={css.connect}>
              <Icon name="plus" size={18} /> {t("channels.connect")}
            </button>
          )}
        />
      </header>
      <p class={page.lead}>{t("channels.lead")}</p>
      {held.state === "loading" && <Skeleton lines={5} />}
      {held.state === "failed" && <Failure text={t("settings.failed")} onRetry={held.load} />}
      {held.state === "ready" && (
        <>
          {held.accounts.length === 0 ? (
            <Empty icon="plug" title={t("channels.none")}>
              <p>{t("channels.none.more")}</p>
              <div class={css.choices}>
                {connect.map((one) => (
                  <Button
                    key={one}
                    onClick={() => navigate({ page: "settings", section: "channels", id: `connect-${one}` })}
                  >
                    <ChannelMark channel={one} bare size={18} /> {channelName(one)}
                  </Button>
                ))}
              </div>
            </Empty>
          ) : (
            <ul class={page.rows}>
              {held.accounts.map((account) => (
                <li key={account.id}>
                  <AccountRow account={account} />
                </li>
              ))}
            </ul>
          )}
          <ProviderApps apps={held.apps} accounts={held.accounts} onChange={held.load} />
        </>
      )}
    </>
  );
}

function AccountRow({ account }: { account: Account }): JSX.Element {
  const shops = account.shops.map((id) => shopOf(id)?.name ?? id).join(", ");
  return (
    <a class={page.row} href={pathOf({ page: "settings", section: "channels", id: account.id })}>
      <span class={css.glyph}>
        <ChannelMark channel={account.channel} size={20} />
      </span>
      <span class={page.rowText}>
        <span class={cx(page.rowTitle, css.rowTitle)}>
          <bdi>{account.name}</bdi>
          <AccountState account={account} />
        </span>
        <span class={page.small}>
          <bdi dir="ltr">{account.handle || account.external_id}</bdi> · {shops}
        </span>
        {account.state === "attention" && (
          <span class={css.problem}>
            <Icon name="warning" size={14} /> {reasonText(account.problem)}
          </span>
        )}
      </span>
      <Icon name="forward" size={18} />
    </a>
  );
}

export function AccountState({ account }: { account: Account }): JSX.Element {
  const tone = account.state === "active" ? "ok" : account.state === "attention" ? "danger" : "plain";
  return <Chip tone={tone}>{t(`account.state.${account.state}`)}</Chip>;
}
