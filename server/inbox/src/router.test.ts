import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { navigate, parse, pathOf, type Route, route, startRouter } from "./router";

describe("parse", () => {
  test.each<[string, string, Route]>([
    ["/inbox/", "", { page: "conversations", view: "open" }],
    ["/inbox/mine", "", { page: "conversations", view: "mine" }],
    [
      "/inbox/closed/shop_a/cnv_b",
      "",
      { page: "conversations", view: "closed", shop: "shop_a", conversation: "cnv_b" },
    ],
    ["/inbox/open/shop_a", "", { page: "conversations", view: "open" }],
    ["/inbox/nonsense/x/y", "", { page: "conversations", view: "open", shop: "x", conversation: "y" }],
    ["/inbox/settings", "", { page: "settings" }],
    ["/inbox/settings/shops/shop_a", "", { page: "settings", section: "shops", id: "shop_a" }],
    [
      "/inbox/settings/shops/shop_a/webhooks/whk_b",
      "",
      { page: "settings", section: "shops", id: "shop_a", tab: "webhooks", item: "whk_b" },
    ],
    ["/inbox/connect", "", { page: "connect", search: "" }],
    ["/inbox/register", "", { page: "register", search: "" }],
    ["/inbox/", "#/invite/tok-1_A", { page: "invite", token: "tok-1_A" }],
    ["/inbox/", "#/reset/abc", { page: "reset", token: "abc" }],
    ["/inbox/", "#/reset/<script>", { page: "conversations", view: "open" }],
    ["/elsewhere", "", { page: "conversations", view: "open" }],
  ])("%s%s", (path, hash, expected) => {
    expect(parse(path, hash)).toEqual(expected);
  });

  test("gives back every path that it makes", () => {
    for (const to of [
      { page: "conversations", view: "mine" },
      { page: "conversations", view: "closed", shop: "shop_a", conversation: "cnv_b" },
      { page: "settings", section: "team" },
      { page: "settings", section: "shops", id: "shop_a", tab: "plugins" },
      { page: "settings", section: "shops", id: "shop_a", tab: "webhooks", item: "new" },
    ] satisfies Route[]) {
      expect(parse(pathOf(to))).toEqual(to);
    }
  });
});

describe("the address bar", () => {
  beforeEach(() => history.replaceState({}, "", "/inbox/"));
  afterEach(() => history.replaceState({}, "", "/inbox/"));

  test("loses a secret of the fragment as soon as it is read", () => {
    history.replaceState({}, "", "/inbox/#/invite/a-secret");
    startRouter();
    expect(route.value).toEqual({ page: "invite", token: "a-secret" });
    expect(location.href).not.toContain("a-secret");
  });

  test("keeps a plugin's request, through the sign-in and on the way to an account", () => {
    history.replaceState({}, "", "/inbox/connect?name=Woo&state=a%2Bb");
    startRouter();
    expect(route.value).toEqual({ page: "connect", search: "?name=Woo&state=a%2Bb" });
    navigate({ page: "register", search: "?name=Woo&state=a%2Bb" });
    expect(location.pathname + location.search).toBe("/inbox/register?name=Woo&state=a%2Bb");
    navigate({ page: "conversations", view: "mine" });
    expect(location.search).toBe("");
  });

  test("follows the app", () => {
    navigate({ page: "conversations", view: "mine" });
    expect(location.pathname).toBe("/inbox/mine");
  });
});
