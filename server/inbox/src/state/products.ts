// Looks products up while somebody types: one question at a time, the last one counts.
import { ApiError, api, url } from "../api/client";
import type { List, Product } from "../api/types";

export type Found =
  | { state: "loading"; items: readonly Product[] }
  | { state: "failed" }
  | { state: "ready"; items: readonly Product[]; query: string };

const typingPause = 180;
const most = 30;

export interface Finder {
  ask: (query: string) => void;
  stop: () => void;
}

/** finder tells what was found; what is on the screen stays there until something newer is known. */
export function finder(shop: string, tell: (found: Found) => void): Finder {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  let items: readonly Product[] = [];
  const stop = () => {
    clearTimeout(timer);
    running?.abort();
    running = undefined;
  };
  const run = async (query: string) => {
    const mine = new AbortController();
    running = mine;
    try {
      const page = await api.get<List<Product>>(
        url(["shops", shop, "products"], { limit: most, q: query || undefined }),
        { signal: mine.signal },
      );
      if (running !== mine) return;
      items = page.items;
      tell({ state: "ready", items, query });
    } catch (error) {
      if (running !== mine || (error instanceof DOMException && error.name === "AbortError")) return;
      tell(
        error instanceof ApiError && error.status === 404
          ? { state: "ready", items: [], query }
          : { state: "failed" },
      );
    }
  };
  return {
    ask(text) {
      const query = text.trim().slice(0, 100);
      stop();
      tell({ state: "loading", items });
      timer = setTimeout(() => void run(query), query ? typingPause : 0);
    },
    stop,
  };
}
