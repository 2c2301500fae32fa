import { describe, expect, test } from "vitest";
import type { Shop } from "../api/types";
import { ahead, askedOf, asks, firstChoice, hostOf, newShop, refusal, strange } from "./request";

const query =
  "?name=Tagalong+for+WooCommerce&platform=woocommerce" +
  "&return_url=https%3A%2F%2Fmarl.example%2Fwp-admin%2Fadmin.php%3Fpage%3Dtagalong" +
  "&state=c3RhdGU%2B%2F&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256" +
  "&scopes=context:write+context:read&identity=1&shop_name=Marl&shop_origin=https://marl.example/shop" +
  "&shop_currency=eur&shop_language=de&shop_time_zone=Europe/Berlin&test=1";

describe("a request in the address", () => {
  test("is read as the plugin wrote it", () => {
    expect(askedOf(query)).toEqual({
      request: {
        name: "Tagalong for WooCommerce",
        platform: "woocommerce",
        return_url: "https://marl.example/wp-admin/admin.php?page=tagalong",
        state: "c3RhdGU+/",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256",
        scopes: ["context:write", "context:read"],
        identity: true,
      },
      shop: {
        name: "Marl",
        origin: "https://marl.example",
        currency: "EUR",
        language: "de",
        time_zone: "Europe/Berlin",
        test: true,
      },
    });
    expect(asks(query)).toBe(true);
  });

  test("stays empty where the plugin wrote nothing: the server says what is wrong", () => {
    const { request, shop } = askedOf("");
    expect(request).toEqual({
      name: "",
      return_url: "",
      state: "",
      code_challenge: "",
      code_challenge_method: "",
      scopes: [],
      identity: false,
    });
    expect(shop.test).toBe(false);
    expect(asks("?name=x")).toBe(false);
  });

  test("has a name that reads as it is written", () => {
    const name = "\u202eecremmocooW\u202c\u200b for\u0000 you\u2066";
    expect(askedOf(`?name=${encodeURIComponent(name)}`).request.name).toBe("ecremmocooW for you");
  });

  test("is not cut to fit: a shortened address would be another one", () => {
    const long = `https://marl.example/${"a".repeat(3000)}`;
    expect(askedOf(`?return_url=${encodeURIComponent(long)}`).request.return_url).toBe(long);
  });

  test("suggests no origin that is none", () => {
    for (const origin of [
      "javascript:alert(1)",
      "marl.example",
      "http://marl.example",
      "https://a:b@marl.example",
    ])
      expect(askedOf(`?shop_origin=${encodeURIComponent(origin)}`).shop.origin).toBe("");
  });
});

const origin = "https://marl.example";

describe("the way ahead", () => {
  test.each<[string, string | undefined]>([
    ["https://marl.example/back?code=1&state=2", "https://marl.example/back?code=1&state=2"],
    ["https://evil.example/back?code=1", undefined],
    ["https://marl.example.evil.example/", undefined],
    ["https://marl.example@evil.example/", undefined],
    ["https://user@marl.example/", undefined],
    ["http://marl.example/", undefined],
    ["//marl.example/", undefined],
    ["javascript:alert(document.domain)//https://marl.example", undefined],
    ["data:text/html,<script>", undefined],
    ["", undefined],
  ])("%s", (redirect, expected) => {
    expect(ahead(redirect, origin)).toBe(expected);
  });

  test("may be plain http on this computer alone", () => {
    expect(ahead("http://localhost:8080/x", "http://localhost:8080")).toBe("http://localhost:8080/x");
    expect(ahead("http://shop.localhost/x", "http://shop.localhost")).toBe("http://shop.localhost/x");
    expect(ahead("http://127.0.0.1:1/x", "http://127.0.0.1:1")).toBe("http://127.0.0.1:1/x");
    expect(ahead("http://localhost.evil.example/", "http://localhost.evil.example")).toBeUndefined();
    expect(ahead("http://10.0.0.1/", "http://10.0.0.1")).toBeUndefined();
  });
});

describe("a refusal", () => {
  const { request } = askedOf(query);
  test("goes back with the error and the state, beside what the address had", () => {
    expect(refusal(request, origin)).toBe(
      "https://marl.example/wp-admin/admin.php?page=tagalong&error=access_denied&state=c3RhdGU%2B%2F",
    );
  });

  test("goes nowhere that the server has not confirmed", () => {
    expect(refusal(request, "https://evil.example")).toBeUndefined();
    expect(refusal({ ...request, return_url: "https://evil.example/" }, origin)).toBeUndefined();
    expect(refusal({ ...request, return_url: "javascript:alert(1)" }, "null")).toBeUndefined();
  });
});

test("people are shown the host, and nothing that pretends to be one", () => {
  expect(hostOf("https://marl.example:8443/a")).toBe("marl.example:8443");
  expect(hostOf("https://marl.example@evil.example/")).toBeUndefined();
  expect(hostOf("nonsense")).toBeUndefined();
});

describe("the first choice", () => {
  const shop = (id: string, from: Partial<Shop> = {}): Shop =>
    ({ id, name: id, origins: [`https://${id}.example`], ...from }) as Shop;
  const shops = [shop("a"), shop("b"), shop("t", { test: true })];
  const suggested = { ...askedOf("").shop, origin: "https://new.example" };

  test.each<[string, string[], Partial<typeof suggested>, string]>([
    ["the shop at the plugin's site", ["b"], {}, "b"],
    ["a test shop where a test is asked for", ["a", "t"], { test: true }, "t"],
    ["the shop with the suggested site", [], { origin: "https://a.example" }, "a"],
    ["a new one where none fits", [], {}, newShop],
  ])("is %s", (_what, at, change, expected) => {
    expect(firstChoice(shops, at, { ...suggested, ...change })).toBe(expected);
  });

  test("is the only shop where nothing is suggested", () => {
    expect(firstChoice([shop("a")], [], { ...suggested, origin: "" })).toBe("a");
    expect(firstChoice([], [], { ...suggested, origin: "" })).toBe(newShop);
  });
});

test("a warning is due where the code would leave the shop's sites", () => {
  expect(strange("a", ["a"], "", origin)).toBe(false);
  expect(strange("b", ["a"], "", origin)).toBe(true);
  expect(strange(newShop, [], origin, origin)).toBe(false);
  expect(strange(newShop, ["a"], "https://other.example", origin)).toBe(true);
});
