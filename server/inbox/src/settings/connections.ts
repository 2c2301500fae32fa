// What the channel settings read: accounts, the providers' apps, and which channels this server has built in.
import type { Account, ChannelRules, ProviderApp } from "../api/channels";
import { api, url } from "../api/client";
import type { List } from "../api/types";
import { useLoaded } from "./load";

export type Connections =
  | { state: "loading"; load: () => void }
  | { state: "failed"; load: () => void }
  | { state: "ready"; accounts: Account[]; apps: ProviderApp[]; rules: ChannelRules[]; load: () => void };

export function useConnections(): Connections {
  const [held, load] = useLoaded(async () => {
    const [accounts, apps, rules] = await Promise.all([
      api.get<List<Account>>(url(["accounts"], { limit: 100 })),
      api.get<List<ProviderApp>>(url(["provider-apps"], { limit: 100 })),
      api.get<List<ChannelRules>>(url(["channels"])),
    ]);
    // Several may have the shop's name: then they stand by channel.
    const sorted = accounts.items.sort(
      (a, b) => a.name.localeCompare(b.name) || a.channel.localeCompare(b.channel),
    );
    return { accounts: sorted, apps: apps.items, rules: rules.items };
  }, "connections");
  return held.state === "ready" ? { state: "ready", ...held.value, load } : { state: held.state, load };
}
