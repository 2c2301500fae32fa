// The merchant's agents, for assignment and for the team's page. Read once, again when somebody changed them here.
import { computed, signal } from "@preact/signals";
import { api, url } from "../api/client";
import type { Agent, List } from "../api/types";

export const agents = signal<readonly Agent[] | undefined>(undefined);
export const activeAgents = computed(() => (agents.value ?? []).filter((one) => one.active));

let loading: Promise<void> | undefined;

export function loadAgents(again = false): Promise<void> {
  if (loading && !again) return loading;
  loading = (async () => {
    const all: Agent[] = [];
    let cursor: string | undefined;
    do {
      const page: List<Agent> = await api.get(url(["agents"], { limit: 100, cursor }));
      all.push(...page.items);
      cursor = page.next;
    } while (cursor && all.length < 2000);
    agents.value = all;
  })();
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}
