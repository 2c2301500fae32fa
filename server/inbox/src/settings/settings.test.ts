import { beforeAll, describe, expect, test } from "vitest";
import type { Template } from "../api/channels";
import { setLanguage } from "../i18n";
import { amountOf, plainOf } from "./amount";
import { suggested } from "./away-templates";
import { nextVersion, settingsOf } from "./handoff";
import { moved } from "./offered-channels";

beforeAll(() => setLanguage("en"));

describe("amounts", () => {
  test.each([
    ["0.05", "EUR", 5],
    ["0,05", "EUR", 5],
    ["12", "EUR", 1200],
    ["12.5", "EUR", 1250],
    ["500", "JPY", 500],
    ["1.234", "KWD", 1234],
    ["0.055", "EUR", undefined],
    ["1.5", "JPY", undefined],
    ["-1", "EUR", undefined],
    ["1e3", "EUR", undefined],
    ["", "EUR", undefined],
  ])("%s %s", (text, currency, amount) => {
    expect(amountOf(text, currency)).toBe(amount);
  });

  test("go back into their input unchanged", () => {
    expect(plainOf({ amount: 5, currency: "EUR" })).toBe("0.05");
    expect(plainOf({ amount: 500, currency: "JPY" })).toBe("500");
    expect(plainOf(undefined)).toBe("");
  });
});

describe("the order of channels", () => {
  test("changes by one step, and stays at its ends", () => {
    expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
  });
});

describe("the settings of handoff", () => {
  const typed = {
    channels: [
      { channel: "whatsapp" as const, account: "acc_1", link: true, label: { en: "Chat", de: " " } },
    ],
    onLeave: true,
    wording: { en: "You may write to me.", de: "" },
    version: " 2026-11 ",
    leaveAfter: "60",
    templates: { whatsapp: { name: "" } },
    cap: "50",
    currency: "EUR",
  };

  test("leave out what is empty", () => {
    expect(settingsOf(typed)).toEqual({
      channels: [{ channel: "whatsapp", account: "acc_1", link: true, label: { en: "Chat" } }],
      offer_on_leave: true,
      wording: { en: "You may write to me." },
      version: "2026-11",
      leave_after: 60,
      cap: { amount: 5000, currency: "EUR" },
    });
  });

  test("fall back to the widget's words and the server's numbers", () => {
    const empty = { ...typed, channels: [], wording: {}, leaveAfter: "", cap: " ", onLeave: false };
    expect(settingsOf(empty)).toEqual({ channels: [], offer_on_leave: false });
  });

  test("name the field that can't be read", () => {
    expect(settingsOf({ ...typed, cap: "much" })).toBe("cap");
    expect(settingsOf({ ...typed, leaveAfter: "3601" })).toBe("leave_after");
    expect(settingsOf({ ...typed, leaveAfter: "soon" })).toBe("leave_after");
  });

  test("give every wording of a day a version of its own", () => {
    const day = new Date("2026-11-22T10:00:00Z");
    expect(nextVersion("", day)).toBe("2026-11-22");
    expect(nextVersion("2026-11-22", day)).toBe("2026-11-22.2");
    expect(nextVersion("2026-11-22.2", day)).toBe("2026-11-22.3");
  });
});

describe("what a template for answers is filled with", () => {
  const template = (params: string[], buttons: Template["buttons"] = []): Template => ({
    id: "tpl_1",
    account: "acc_1",
    name: "answer",
    language: "en",
    category: "utility",
    status: "approved",
    body: { format: "text", text: "", params },
    buttons,
    synced_at: 1,
  });

  test("follows the names of its places", () => {
    const link = [{ kind: "url", text: "Read", url: "https://shop.example/{{1}}", params: ["1"] }];
    expect(suggested("answer", [template(["shopper_name", "shop", "message", "else"], link)])).toEqual({
      name: "answer",
      params: { shopper_name: "{shopper}", shop: "{shop}", message: "{message}", else: "" },
      button: "{link}",
    });
  });

  test("follows their order where they have numbers", () => {
    expect(suggested("answer", [template(["1", "2"])]).params).toEqual({ "1": "{shopper}", "2": "{shop}" });
  });
});
