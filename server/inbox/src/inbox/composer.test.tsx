import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Plan } from "../api/channels";
import type { Conversation } from "../api/types";
import { setLanguage } from "../i18n";
import { changeDraft, draftOf } from "../state/drafts";
import { addCards, clearExtras, extrasOf, setCoupon, setOrder } from "../state/extras";
import { enter } from "../state/prefs";
import { forgetReaches, reachOf } from "../state/reach";
import { session } from "../state/session";
import { Composer, sendable } from "./composer";
import { askCompose } from "./intents";

const send = vi.fn(async () => ({ key: "", clientId: "", failure: null }));
vi.mock("../state/live", async (original) => ({
  ...(await original<typeof import("../state/live")>()),
  liveSession: () => ({ send, typing: vi.fn() }),
}));

const conversation = {
  id: "cnv_1",
  shop: "shop_1",
  shopper: { id: "shp_1", name: "Sofia", identified: true },
} as Conversation;
const rendered = () => new Promise((resolve) => setTimeout(resolve));
let root: HTMLElement;

beforeEach(async () => {
  await setLanguage("en");
  session.value = {
    state: "in",
    expired: false,
    me: { agent: { id: "agt_1", name: "Mara" }, merchant: { id: "m", name: "M" }, shops: [] } as never,
  };
  enter.value = "sends";
  send.mockClear();
  root = document.createElement("div");
  document.body.append(root);
  render(<Composer conversation={conversation} />, root);
  await rendered();
});
afterEach(() => {
  render(null, root);
  root.remove();
  for (const mode of ["reply", "note"] as const) changeDraft("cnv_1", { [mode]: "" });
  changeDraft("cnv_1", { mode: "reply" });
});

const area = () => root.querySelector("textarea") as HTMLTextAreaElement;
function type(text: string) {
  area().value += text;
  area().dispatchEvent(new Event("input", { bubbles: true }));
}
function press(init: KeyboardEventInit) {
  const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
  area().dispatchEvent(event);
  return event;
}

/** planned puts the conversation on WhatsApp, with a plan for what is written there next. */
async function planned(change: Partial<Plan>) {
  const plan: Plan = {
    address: "adr_1",
    channel: "whatsapp",
    form: "free",
    reason: "window_open",
    paid: false,
    ...change,
  };
  const address = {
    id: "adr_1",
    account: "acc_1",
    shopper: "shp_1",
    channel: "whatsapp" as const,
    created_at: 1,
  };
  const account = {
    id: "acc_1",
    channel: "whatsapp" as const,
    name: "S",
    handle: "1",
    state: "active" as const,
  };
  reachOf("cnv_1").value = {
    state: "ready",
    value: {
      route: "adr_1",
      channel: "whatsapp",
      presence: "gone",
      next: plan,
      ways: [{ address: { ...address, name: "Lucía" }, account, plan }],
      handoffs: [],
    },
  };
  await rendered();
}

describe("the composer on a channel", () => {
  afterEach(() => forgetReaches());
  const button = (name: string) =>
    [...root.querySelectorAll("button")].find((one) => (one.textContent ?? "").trim() === name);

  test("says where the text goes before anything is typed", async () => {
    await planned({});
    expect(root.textContent).toContain("To WhatsApp · Lucía");
    type("Hello");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ text: "Hello" }, { key: "cnv_1", kind: "message" });
  });

  test("puts the choice of a template in place of the text when the window is closed", async () => {
    changeDraft("cnv_1", { reply: "typed before it closed" });
    area().focus();
    await planned({ form: "hold", reason: "template_needed" });
    expect(area().hidden).toBe(true);
    expect(document.activeElement).toBe(button("Choose a template"));
    press({ key: "Enter" });
    expect(send).not.toHaveBeenCalled();
    expect(draftOf("cnv_1").reply).toBe("typed before it closed");
  });

  test("says why nothing can be sent, and still takes notes", async () => {
    await planned({ form: "hold", reason: "stopped" });
    expect(root.textContent).toContain("They wrote STOP.");
    expect(button("Choose a template")).toBeUndefined();
    askCompose("note");
    expect(document.activeElement).toBe(area());
    await rendered();
    expect(area().hidden).toBe(false);
    type("call her");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ text: "call her" }, { key: "cnv_1", kind: "note" });
  });

  test("sends a way back along when it is asked for, once", async () => {
    await planned({});
    root.querySelector<HTMLButtonElement>('[aria-label="Add a way back to the site"]')?.click();
    await rendered();
    type("Here");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ text: "Here", return_link: true }, { key: "cnv_1", kind: "message" });
    expect(draftOf("cnv_1").back).toBe(false);
  });
});

describe("the composer", () => {
  test("sends with Enter, and again nothing with the next", async () => {
    type("Hello");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ text: "Hello" }, { key: "cnv_1", kind: "message" });
    await rendered();
    expect(area().value).toBe("");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledTimes(1);
  });

  test("sends what was typed since the last drawing", () => {
    type("Hel");
    type("lo");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ text: "Hello" }, expect.anything());
  });

  test("does not send while an input method composes", () => {
    type("こん");
    press({ key: "Enter", isComposing: true });
    press({ key: "Enter", keyCode: 229 });
    expect(send).not.toHaveBeenCalled();
  });

  test("breaks the line with Shift, and with Enter alone where the agent wants so; Ctrl always sends", () => {
    type("a");
    expect(press({ key: "Enter", shiftKey: true }).defaultPrevented).toBe(false);
    enter.value = "breaks";
    expect(press({ key: "Enter" }).defaultPrevented).toBe(false);
    expect(send).not.toHaveBeenCalled();
    press({ key: "Enter", ctrlKey: true });
    expect(send).toHaveBeenCalledTimes(1);
  });

  test("never lets a note become a reply, whatever comes between", async () => {
    type("for Sofia");
    askCompose("note");
    // Typed before anything was drawn again.
    type("for the team");
    expect(draftOf("cnv_1")).toEqual({ mode: "note", reply: "for Sofia", note: "for the team", back: false });
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ text: "for the team" }, { key: "cnv_1", kind: "note" });
    await rendered();
    type("a second note");
    press({ key: "Enter" });
    expect(send).toHaveBeenLastCalledWith({ text: "a second note" }, { key: "cnv_1", kind: "note" });
    askCompose("reply");
    expect(area().value).toBe("for Sofia");
  });

  test("says on the button and in the name of the field which of the two it is", async () => {
    const button = () => [...root.querySelectorAll("button")].at(-1)?.textContent;
    expect(button()).toBe("Send");
    expect(area().getAttribute("aria-label")).toBe("Reply to Sofia");
    askCompose("note");
    await rendered();
    expect(button()).toBe("Add note");
    expect(area().getAttribute("aria-label")).toBe("Note, only your team sees it");
  });
});

describe("what goes along", () => {
  afterEach(() => clearExtras("cnv_1"));
  const card = { title: "Tide bowl", product: "bowl", variant: "v" };

  test("is sent with the text, and once", async () => {
    addCards("cnv_1", [card]);
    setOrder("cnv_1", { external_id: "1042", number: "#1042" });
    setCoupon("cnv_1", { code: "WELCOME10" });
    await rendered();
    expect(root.textContent).toContain("Tide bowl");
    expect(root.textContent).toContain("About order #1042");
    type("These");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith(
      { text: "These", cards: [card], order: "1042", coupon: { code: "WELCOME10" } },
      { key: "cnv_1", kind: "message" },
    );
    await rendered();
    expect(root.textContent).not.toContain("Tide bowl");
    type("Again");
    press({ key: "Enter" });
    expect(send).toHaveBeenLastCalledWith({ text: "Again" }, { key: "cnv_1", kind: "message" });
  });

  test("needs no text", async () => {
    setOrder("cnv_1", { external_id: "1042" });
    await rendered();
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ order: "1042" }, { key: "cnv_1", kind: "message" });
  });

  test("stays for the reply when a note is written meanwhile", async () => {
    addCards("cnv_1", [card]);
    askCompose("note");
    await rendered();
    expect(root.textContent).not.toContain("Tide bowl");
    type("for the team");
    press({ key: "Enter" });
    expect(send).toHaveBeenCalledWith({ text: "for the team" }, { key: "cnv_1", kind: "note" });
    expect(extrasOf("cnv_1").cards).toEqual([card]);
  });

  test("is taken away again by its button", async () => {
    addCards("cnv_1", [card, { title: "Moon jar" }]);
    await rendered();
    root.querySelector<HTMLButtonElement>('[aria-label="Remove Tide bowl"]')?.click();
    expect(extrasOf("cnv_1").cards).toEqual([{ title: "Moon jar" }]);
  });
});

describe("sendable", () => {
  const done = {
    key: 1,
    name: "a",
    size: 1,
    progress: 1,
    attachment: { id: "att_1", name: "a", content_type: "image/png", size: 1, url: "" },
  };
  const running = { key: 2, name: "b", size: 1, progress: 0.4 };
  test.each([
    ["", [], false],
    ["text", [], true],
    ["", [done], true],
    ["text", [done, running], false],
    ["text", [{ ...running, problem: "too_large" }], false],
    ["😀".repeat(8000), [], true],
    ["😀".repeat(8001), [], false],
  ])("%#", (text, files, expected) => {
    expect(sendable(text, files)).toBe(expected);
  });
});
