// Who is signed in. An ended session never throws the agent's work away: the app stays as it is, under a sign-in dialog.
import { computed, signal } from "@preact/signals";
import { ApiError, api, onUnauthorized, url } from "../api/client";
import type { Registration } from "../api/developers";
import type { Agent, Me, Shop } from "../api/types";
import { setLanguage, supported } from "../i18n";

export type Session =
  | { state: "starting" }
  | { state: "unreachable" }
  | { state: "out" }
  | { state: "in"; me: Me; expired: boolean };

export const session = signal<Session>({ state: "starting" });
export const me = computed(() => (session.value.state === "in" ? session.value.me : undefined));
export const agent = computed<Agent | undefined>(() => me.value?.agent);
export const shops = computed<readonly Shop[]>(() => me.value?.shops ?? []);
export const manages = computed(() => agent.value?.role === "owner" || agent.value?.role === "admin");

const welcomed = new Set<() => void>();

/** onWelcome is told at each sign-in, also when the same agent comes back after the session had ended. */
export function onWelcome(listener: () => void): void {
  welcomed.add(listener);
}

const leaving = new Set<() => void>();

/** onSignOut is told when the agent leaves on purpose. */
export function onSignOut(listener: () => void): void {
  leaving.add(listener);
}

export function shopOf(id: string): Shop | undefined {
  return shops.value.find((shop) => shop.id === id);
}

onUnauthorized(() => {
  const held = session.value;
  if (held.state === "in" && !held.expired) session.value = { ...held, expired: true };
});

export async function startSession(): Promise<void> {
  try {
    welcome(await api.get<Me>(url(["agent", "me"]), { anonymous: true }));
  } catch (error) {
    session.value = { state: error instanceof ApiError && error.status === 401 ? "out" : "unreachable" };
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  welcome(await api.post<Me>(url(["agent", "login"]), { email, password }, { anonymous: true }));
}

export async function acceptInvitation(token: string, name: string, password: string): Promise<void> {
  welcome(await api.post<Me>(url(["invitations", "accept"]), { token, name, password }, { anonymous: true }));
}

/** register makes a merchant with its first shop, and signs its owner in. */
export async function register(asked: Registration): Promise<void> {
  welcome(await api.post<Me>(url(["registrations"]), asked, { anonymous: true }));
}

export async function signOut(to = "/inbox/"): Promise<void> {
  await api.post(url(["agent", "logout"]));
  for (const listener of leaving) listener();
  // A fresh page holds nothing of the agent who left.
  location.assign(to);
}

function welcome(next: Me): void {
  const held = session.value;
  if (held.state === "in" && held.me.agent.id !== next.agent.id) {
    // Somebody else came back: nothing on the screen is theirs.
    location.assign("/inbox/");
    return;
  }
  session.value = { state: "in", me: next, expired: false };
  const language = supported(next.agent.language);
  if (language) void setLanguage(language);
  for (const listener of welcomed) listener();
}

export async function refreshMe(): Promise<void> {
  const next = await api.get<Me>(url(["agent", "me"]));
  if (session.value.state === "in") session.value = { ...session.value, me: next };
}

/** putShop takes over a shop that was created or changed here. */
export function putShop(shop: Shop): void {
  const held = session.value;
  if (held.state !== "in") return;
  const known = held.me.shops.some((one) => one.id === shop.id);
  const next = known
    ? held.me.shops.map((one) => (one.id === shop.id ? shop : one))
    : [...held.me.shops, shop];
  session.value = { ...held, me: { ...held.me, shops: next } };
}

export function putSelf(changed: Agent): void {
  const held = session.value;
  if (held.state === "in") session.value = { ...held, me: { ...held.me, agent: changed } };
}
