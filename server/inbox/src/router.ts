// Where the app is. Paths below /inbox/; the tokens of invitations and resets come in the fragment, which no server
// and no log ever sees, and are taken out of the address bar at once.
import { signal } from "@preact/signals";

export const base = "/inbox/";

export const views = ["mine", "unassigned", "open", "closed"] as const;
export type View = (typeof views)[number];

export type Route =
  | { page: "conversations"; view: View; shop?: string; conversation?: string }
  | { page: "settings"; section?: string; id?: string; tab?: string; item?: string }
  /** A plugin's request to be connected, and making an account on the way there: all that matters is in the query. */
  | { page: "connect" | "register"; search: string }
  | { page: "invite"; token: string }
  | { page: "reset"; token: string };

export function parse(path: string, hash = "", search = ""): Route {
  const secret = /^#\/(invite|reset)\/([\w.~-]{1,512})$/.exec(hash);
  if (secret) return { page: secret[1] as "invite" | "reset", token: secret[2] as string };
  const parts = path.startsWith(base) ? path.slice(base.length).split("/").filter(Boolean) : [];
  const [head, second, third, tab, item] = parts;
  if (head === "settings") {
    return {
      page: "settings",
      ...(second ? { section: second } : {}),
      ...(third ? { id: third } : {}),
      ...(tab ? { tab } : {}),
      ...(item ? { item } : {}),
    };
  }
  if (head === "connect" || head === "register") return { page: head, search };
  const view = views.find((v) => v === head) ?? "open";
  if (second && third) return { page: "conversations", view, shop: second, conversation: third };
  return { page: "conversations", view };
}

export function pathOf(to: Route): string {
  switch (to.page) {
    case "conversations":
      return base + to.view + (to.shop && to.conversation ? `/${to.shop}/${to.conversation}` : "");
    case "settings":
      return base + ["settings", to.section, to.id, to.tab, to.item].filter(Boolean).join("/");
    case "connect":
    case "register":
      return base + to.page + to.search;
    default:
      return base;
  }
}

export const route = signal<Route>({ page: "conversations", view: "open" });

/** How many steps of the history are ours, so that "back" on a phone never leaves the app by surprise. */
let depth = 0;

export function navigate(to: Route, options: { replace?: boolean } = {}): void {
  const path = pathOf(to);
  if (path !== location.pathname + location.search || location.hash) {
    if (options.replace) history.replaceState({ depth }, "", path);
    else {
      depth += 1;
      history.pushState({ depth }, "", path);
    }
  }
  route.value = to;
}

/** back leaves for the fallback when there is no step of ours to go back to (a link opened in a new tab). */
export function back(fallback: Route): void {
  if (depth > 0) history.back();
  else navigate(fallback, { replace: true });
}

export function startRouter(): void {
  const read = () => {
    route.value = parse(location.pathname, location.hash, location.search);
    if (location.hash) history.replaceState({ depth }, "", location.pathname + location.search);
  };
  read();
  addEventListener("popstate", (event) => {
    depth = Number((event.state as { depth?: number } | null)?.depth ?? 0);
    read();
  });
  addEventListener("hashchange", read);
  // Plain clicks on our own links stay in the app; anything else (a new tab, a download) is the browser's.
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
    if (!link || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || !link.pathname.startsWith(base) || link.hash) return;
    event.preventDefault();
    navigate(parse(link.pathname, "", link.search));
  });
}
