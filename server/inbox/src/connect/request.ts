// A plugin's request to be connected, as it stands in the address, and where the browser may go from here. Pure. The server
// judges the request; nothing leads away from here that it has not looked at.
import type { ConnectRequest } from "../api/developers";
import type { Shop } from "../api/types";

/** What the plugin suggests for a shop that does not exist yet. */
export interface Suggested {
  name: string;
  origin: string;
  currency: string;
  language: string;
  time_zone: string;
  test: boolean;
}

export interface Asked {
  request: ConnectRequest;
  shop: Suggested;
}

/** askedOf reads the query. What is missing stays empty, what is too long stays long: the server says what is wrong. */
export function askedOf(search: string): Asked {
  const query = new URLSearchParams(search);
  const given = (name: string) => query.get(name) ?? "";
  const suggested = (name: string, most: number) => readable(given(name)).slice(0, most);
  const platform = given("platform");
  return {
    request: {
      name: readable(given("name")),
      ...(platform ? { platform } : {}),
      return_url: given("return_url"),
      state: given("state"),
      code_challenge: given("code_challenge"),
      code_challenge_method: given("code_challenge_method"),
      scopes: given("scopes")
        .split(/[\s,]+/)
        .filter(Boolean) as ConnectRequest["scopes"],
      identity: given("identity") === "1",
    },
    shop: {
      name: suggested("shop_name", 120),
      origin: originOf(given("shop_origin")) ?? "",
      currency: suggested("shop_currency", 3).toUpperCase(),
      language: suggested("shop_language", 35),
      time_zone: suggested("shop_time_zone", 64),
      test: given("test") === "1",
    },
  };
}

/** readable leaves out what is not seen but changes how the rest is read: controls, marks of direction, joiners. */
const readable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, "").trim();

/** asks tells whether a query is a plugin's request at all. */
export const asks = (search: string): boolean => new URLSearchParams(search).has("return_url");

function originOf(address: string): string | undefined {
  const parsed = plain(address);
  return parsed && parsed.origin !== "null" ? parsed.origin : undefined;
}

/** plain allows https, and http on this computer alone (a plugin under development); never a name before the host. */
function plain(address: string): URL | undefined {
  try {
    const parsed = new URL(address);
    if (parsed.username || parsed.password) return undefined;
    if (parsed.protocol === "https:") return parsed;
    const local = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(parsed.hostname);
    return parsed.protocol === "http:" && local ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** hostOf is what people are shown of an address. */
export function hostOf(address: string): string | undefined {
  return plain(address)?.host;
}

/** ahead allows the server's redirect if it goes where the server said that it would. */
export function ahead(redirect: string, returnOrigin: string): string | undefined {
  const parsed = plain(redirect);
  return parsed && parsed.origin === returnOrigin ? parsed.href : undefined;
}

/** refusal is where a "no" goes (RFC 6749, 4.1.2.1); only to an address whose origin the server has confirmed. */
export function refusal(request: ConnectRequest, returnOrigin: string): string | undefined {
  const parsed = plain(request.return_url);
  if (!parsed || parsed.origin !== returnOrigin) return undefined;
  parsed.hash = "";
  parsed.searchParams.set("error", "access_denied");
  parsed.searchParams.set("state", request.state);
  return parsed.href;
}

/** The choice of a shop that does not exist yet. */
export const newShop = "new";

/** firstChoice is the shop that most likely is meant: one at the plugin's own site, else a new one where one is suggested. */
export function firstChoice(shops: readonly Shop[], at: readonly string[], suggested: Suggested): string {
  const fits = (shop: Shop) => !suggested.test || shop.test === true;
  const there = shops.filter((shop) => at.includes(shop.id));
  const sited = shops.filter((shop) => suggested.origin !== "" && shop.origins.includes(suggested.origin));
  const found = there.find(fits) ?? sited.find(fits) ?? there[0] ?? sited[0];
  if (found) return found.id;
  return suggested.origin === "" && shops.length === 1 && shops[0] ? shops[0].id : newShop;
}

/** strange tells that the code would go to a place that is none of the chosen shop's sites. */
export function strange(
  choice: string,
  at: readonly string[],
  origin: string,
  returnOrigin: string,
): boolean {
  return choice === newShop ? origin !== returnOrigin : !at.includes(choice);
}
