import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Conversation, Product } from "../api/types";
import { setLanguage } from "../i18n";
import { addCards, clearExtras, extrasOf } from "../state/extras";
import { ProductPicker, rowsOf } from "./product-picker";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const products: Product[] = [
  {
    external_id: "jar",
    title: "Moon jar",
    price_min: eur(5660),
    variants: [
      { external_id: "low", title: "low", price: eur(5660), available: 3 },
      { external_id: "tall", title: "tall", price: eur(7660), available: 0 },
    ],
  },
  {
    external_id: "bowl",
    title: "Tide bowl",
    variants: [{ external_id: "v", price: eur(1850), available: 9 }],
  },
];
const conversation = {
  id: "cnv_1",
  shop: "shop_1",
  shopper: { id: "shp_1", identified: true, language: "de" },
} as Conversation;

let root: HTMLElement;
const onClose = vi.fn();
const questions: string[] = [];
const rendered = () => new Promise((resolve) => setTimeout(resolve));
const input = () => root.querySelector("input[role=combobox]") as HTMLInputElement;
const labels = () => [...root.querySelectorAll("[role=option]")].map((one) => one.textContent);
async function press(key: string, more: KeyboardEventInit = {}) {
  input().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  await rendered();
}

beforeEach(async () => {
  HTMLDialogElement.prototype.showModal ??= () => {};
  await setLanguage("en");
  questions.length = 0;
  onClose.mockClear();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (at) => {
    const query = new URL(String(at), "http://inbox.localhost").searchParams.get("q");
    questions.push(query ?? "");
    return Response.json({
      items: products.filter((one) => one.title?.toLowerCase().includes(query ?? "")),
    });
  });
  root = document.createElement("div");
  document.body.append(root);
  render(<ProductPicker conversation={conversation} onClose={onClose} />, root);
  await vi.waitFor(() => expect(labels()).toHaveLength(2));
});
afterEach(() => {
  render(null, root);
  root.remove();
  clearExtras("cnv_1");
});

test("variants are laid out below the opened product alone", () => {
  expect(rowsOf(products, undefined).map((row) => row.kind)).toEqual(["product", "choice"]);
  expect(rowsOf(products, "jar")).toHaveLength(5);
  expect(rowsOf(products, "bowl")).toHaveLength(2);
});

describe("the product picker", () => {
  test("opens a product's variants, picks by keyboard, and puts cards into the reply", async () => {
    await press("Enter");
    expect(labels()).toHaveLength(5);
    await press("ArrowDown");
    await press("ArrowDown");
    await press("Enter");
    await press("Enter", { ctrlKey: true });
    await vi.waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(extrasOf("cnv_1").cards).toEqual([
      {
        title: "Moon jar",
        subtitle: "low",
        price: eur(5660),
        product: "jar",
        variant: "low",
        // In the shopper's language, not the agent's.
        buttons: [{ kind: "cart", title: "In den Warenkorb" }],
      },
    ]);
  });

  test("leaves the button for the cart out when it is not wanted", async () => {
    await press("Enter");
    await press("ArrowDown");
    await press("ArrowDown");
    await press("Enter");
    root.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
    await rendered();
    await press("Enter", { ctrlKey: true });
    await vi.waitFor(() => expect(onClose).toHaveBeenCalled());
    const cards = extrasOf("cnv_1").cards;
    expect(cards).toHaveLength(1);
    expect(cards[0]).not.toHaveProperty("buttons");
  });

  test("takes a choice back with the same key, and the last with Backspace in an empty field", async () => {
    await press("End");
    await press("ArrowDown");
    await press("Enter");
    expect(root.querySelectorAll("[aria-selected=true]")).toHaveLength(1);
    await press("Enter");
    expect(root.querySelectorAll("[aria-selected=true]")).toHaveLength(0);
    await press("Enter");
    await press("Backspace");
    expect(root.querySelectorAll("[aria-selected=true]")).toHaveLength(0);
  });

  test("asks while typing, and says when there is nothing", async () => {
    input().value = "zzz";
    input().dispatchEvent(new Event("input", { bubbles: true }));
    await vi.waitFor(() => expect(root.textContent).toContain("No product like that"));
    expect(questions).toEqual(["", "zzz"]);
  });

  test("adds nothing before something is chosen, and leaves Enter to an input method", async () => {
    await press("Enter", { ctrlKey: true });
    expect(onClose).not.toHaveBeenCalled();
    await press("Enter", { isComposing: true });
    expect(labels()).toHaveLength(2);
  });

  test("stops at what a message can carry", async () => {
    render(null, root);
    addCards(
      "cnv_1",
      Array.from({ length: 9 }, (_, at) => ({ title: `card ${at}` })),
    );
    render(<ProductPicker conversation={conversation} onClose={onClose} />, root);
    await vi.waitFor(() => expect(labels()).toHaveLength(2));
    await press("ArrowDown");
    await press("Enter");
    await press("ArrowUp");
    await press("Enter");
    await press("ArrowDown");
    await press("Enter");
    expect(root.querySelectorAll("[aria-selected=true]")).toHaveLength(1);
    expect(root.textContent).toContain("at most 10 cards");
    await press("Enter", { metaKey: true });
    await vi.waitFor(() => expect(extrasOf("cnv_1").cards).toHaveLength(10));
  });
});
