import type { Item } from "@tagalong-chat/sdk/thread";
import { type ComponentChildren, render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cart, Claimed, Conversation, Order } from "../api/types";
import { setLanguage } from "../i18n";
import { contextOf } from "../state/context";
import { OrderOf } from "./cards";
import { CartView } from "./cart";
import { ClaimedSection } from "./claimed";
import { OrderView } from "./orders";
import { isShopEvent, ShopEventLine } from "./shop-event";

let root: HTMLElement;
const plain = (text: string | null | undefined) => (text ?? "").replace(/\u00a0/g, " ");
const text = () => plain(root.textContent);
const rendered = () => new Promise((resolve) => setTimeout(resolve));
async function show(what: ComponentChildren) {
  render(what, root);
  await rendered();
}

beforeEach(async () => {
  await setLanguage("en");
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const eur = (amount: number) => ({ amount, currency: "EUR" });
const order = (from: Partial<Order> = {}): Order => ({
  external_id: "1042",
  number: "#1042",
  placed_at: Date.UTC(2026, 10, 18, 12),
  ...from,
});

describe("an order", () => {
  test.each([
    [1500, "JPY", "¥1,500"],
    [12345, "KWD", "KWD 12.345"],
    [5, "EUR", "€0.05"],
  ])("of %d %s costs %s", async (amount, currency, expected) => {
    await show(<OrderView first order={order({ totals: { total: { amount, currency } } })} />);
    expect(plain(root.querySelector("summary")?.textContent)).toContain(expected);
  });

  test("takes off what came back and what was given, and says what is still to be paid", async () => {
    const totals = {
      subtotal: eur(5000),
      discount: eur(500),
      shipping: eur(0),
      total: eur(4500),
      refunded: eur(1000),
      outstanding: eur(250),
    };
    await show(<OrderView first order={order({ totals, coupons: ["WELCOME10"] })} />);
    const sums = Object.fromEntries(
      [...root.querySelectorAll("dl div")].map((row) => [
        plain(row.querySelector("dt")?.textContent),
        plain(row.querySelector("dd")?.textContent),
      ]),
    );
    expect(sums).toEqual({
      Subtotal: "€50.00",
      "Discount WELCOME10": "-€5.00",
      Total: "€45.00",
      Refunded: "-€10.00",
      Outstanding: "€2.50",
    });
  });

  test("shows how much of a line is left and has left", async () => {
    const lines = [
      { title: "Mug", quantity: 3, quantity_current: 2, quantity_fulfilled: 1 },
      { title: "Bowl", quantity: 1, quantity_current: 0 },
      { title: "Jar", quantity: 1, quantity_fulfilled: 1 },
    ];
    await show(<OrderView first order={order({ lines })} />);
    const shown = [...root.querySelectorAll("ul[aria-label='3 items'] > li")].map((one) => one.textContent);
    expect(shown[0]).toContain("was 3 · 1 of 2 sent");
    expect(shown[1]).toContain("Taken out");
    expect(shown[2]).toContain("Sent");
  });

  test("keeps the shop's own word beside ours, and shows a status of a newer server as it is", async () => {
    const from = { financial_status: "in_dispute", status_raw: "wc-disputed" } as unknown as Partial<Order>;
    await show(<OrderView first order={order(from)} />);
    expect(text()).toContain("in dispute");
    expect(root.querySelector("[data-tip='In the shop: wc-disputed']")).not.toBeNull();
    expect(text()).toContain("Status in the shopwc-disputed");
  });

  test("that is cancelled is not said to wait for its shipping", async () => {
    await show(
      <OrderView
        first
        order={order({
          cancelled_at: 1,
          financial_status: "refunded",
          fulfillment_status: "unfulfilled",
          test: true,
        })}
      />,
    );
    const summary = root.querySelector("summary")?.textContent;
    expect(summary).toContain("Cancelled");
    expect(summary).toContain("Refunded");
    expect(summary).toContain("Test");
    expect(summary).not.toContain("Not shipped yet");
  });

  test("leads to the carrier and the shop in new tabs that know nothing of us, and nowhere else", async () => {
    await show(
      <OrderView
        first
        order={order({
          url_admin: "https://marl.example/wp-admin",
          shipments: [
            {
              external_id: "s",
              carrier: "DHL",
              tracking: [{ number: "0034", url: "https://track.example/0034" }],
            },
            { external_id: "t", tracking: [{ number: "0035", url: "javascript:alert(1)" }] },
          ],
        })}
      />,
    );
    const links = [...root.querySelectorAll("a")];
    expect(links.map((one) => one.href)).toEqual([
      "https://track.example/0034",
      "https://marl.example/wp-admin",
    ]);
    for (const link of links) {
      expect(link.target).toBe("_blank");
      expect(link.rel).toContain("noopener");
      expect(link.rel).toContain("noreferrer");
    }
  });

  test("unfolds the earlier part of its history when asked", async () => {
    const events = [1, 2, 3, 4, 5].map((at) => ({ id: `e${at}`, status: "in_transit" as const, at }));
    await show(<OrderView first order={order({ shipments: [{ external_id: "s", events }] })} />);
    const steps = () => root.querySelectorAll("[data-testid=order-history] li").length;
    expect(steps()).toBe(4);
    const more = root.querySelector<HTMLButtonElement>("[data-testid=order-history] button");
    expect(more?.textContent).toBe("2 earlier");
    more?.click();
    await rendered();
    expect(steps()).toBe(6);
    expect(more?.getAttribute("aria-expanded")).toBe("true");
  });
});

describe("a cart", () => {
  const cart: Cart = { external_id: "c", stage: "checkout", lines: [{ title: "Bowl", quantity: 3 }] };

  test("that was abandoned says so, not that it is at the checkout", async () => {
    await show(<CartView cart={{ ...cart, abandoned_at: 1 }} />);
    expect(text()).toContain("Abandoned");
    expect(text()).not.toContain("At the checkout");
    await show(<CartView cart={cart} />);
    expect(text()).toContain("At the checkout");
  });

  test("offers its link to copy, if it is one", async () => {
    const written = vi.fn(async () => {});
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
    await show(<CartView cart={{ ...cart, recovery_url: "https://marl.example/cart?r=1" }} />);
    root.querySelector<HTMLButtonElement>("button")?.click();
    await rendered();
    expect(written).toHaveBeenCalledWith("https://marl.example/cart?r=1");
    await show(<CartView cart={{ ...cart, recovery_url: "javascript:alert(1)" }} />);
    expect(root.querySelector("button")).toBeNull();
    vi.unstubAllGlobals();
  });
});

describe("what is claimed", () => {
  const claimed: Claimed = { email: "mia@example.org", orders: [order()], carts: [] };

  test("stands apart, says why, and offers nothing to send", async () => {
    await show(<ClaimedSection claimed={claimed} />);
    expect(root.querySelector("section")?.getAttribute("aria-label")).toBe("Claimed, not proven");
    expect(text()).toContain("They gave mia@example.org.");
    expect(text()).toContain("Tell nothing of it before you are sure who this is.");
    expect(root.querySelector("details")?.open).toBe(false);
    expect(text()).not.toContain("Send as card");
  });

  test("is not there where there is nothing", async () => {
    await show(<ClaimedSection claimed={{ email: "mia@example.org", orders: [], carts: [] }} />);
    expect(root.childNodes).toHaveLength(0);
    await show(<ClaimedSection claimed={undefined} />);
    expect(root.childNodes).toHaveLength(0);
  });
});

describe("the log", () => {
  const conversation = { id: "cnv_1", shop: "shop_9", shopper: { id: "shp_9" } } as Conversation;
  const item = (event: unknown) => ({ key: "k", at: 1, event }) as unknown as Item;
  const line = (event: unknown) => (
    <ShopEventLine item={item(event)} conversation={conversation} blockKey="k" />
  );

  beforeEach(async () => {
    const shipments = [
      {
        external_id: "f1",
        carrier: "DHL",
        tracking: [{ number: "0034", url: "https://track.example/0034" }],
      },
      { external_id: "f2", carrier: "UPS" },
    ];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (at) =>
      String(at).endsWith("/context")
        ? Response.json({ orders: [order({ shipments })], carts: [] })
        : Response.json({ id: "shp_9", identified: true }),
    );
    await vi.waitFor(() => expect(contextOf("shop_9", "shp_9").value.state).toBe("ready"));
  });

  test("names the parcel that is out for delivery", async () => {
    const change = { external_id: "1042", number: "#1042", change: "out_for_delivery", total: eur(100) };
    await show(line({ name: "order_changed", order: { ...change, shipment: "f1" } }));
    expect(text()).toContain("#1042 · €1.00is out for delivery");
    expect(text()).toContain("Parcel 1DHL0034");
    expect(root.querySelector("a")?.href).toBe("https://track.example/0034");
    await show(line({ name: "order_changed", order: { ...change, shipment: "gone" } }));
    expect(text()).not.toContain("Parcel");
  });

  test("tells of a change that it does not know", async () => {
    await show(line({ name: "order_changed", order: { external_id: "7", change: "weighed" } }));
    expect(text()).toContain("7was changed");
  });

  test("tells of a cart that was left, with its link where it is one", async () => {
    const cart = { external_id: "c", items: 3, total: eur(5550), at: 1 };
    await show(line({ name: "cart_abandoned", cart: { ...cart, recovery_url: "https://marl.example/c" } }));
    expect(text()).toContain("Left a cart with 3 items behind, €55.50");
    expect(root.querySelector("button")?.textContent).toBe("Copy its link");
    await show(line({ name: "cart_abandoned", cart: { external_id: "c", items: 1, at: 1 } }));
    expect(text()).toContain("Left a cart with 1 item behind");
    expect(root.querySelector("button")).toBeNull();
  });

  test("leaves other events to others", () => {
    expect(isShopEvent({ name: "closed" })).toBe(false);
    expect(isShopEvent({ name: "order_changed" })).toBe(false);
  });
});

test("a message shows the order as it was sent, or its name while the server has not said more", async () => {
  const card = {
    external_id: "1",
    number: "#1",
    total: eur(100),
    items: [{ title: "Jar", quantity: 2 }],
    more: 2,
    shipment: {
      status: "in_transit" as const,
      carrier: "DHL",
      number: "0034",
      url: "https://track.example/",
    },
  };
  await show(<OrderOf message={{ order: "1", order_card: card }} conversation={null} />);
  expect(text()).toContain("and 2 more");
  expect(text()).toContain("On the way");
  await show(
    <OrderOf message={{ order: "1", order_card: { ...card, cancelled: true } }} conversation={null} />,
  );
  expect(text()).toContain("Cancelled");
  expect(text()).not.toContain("On the way");
  await show(<OrderOf message={{ order: "1042" }} conversation={null} />);
  expect(text()).toBe("About order 1042");
});
