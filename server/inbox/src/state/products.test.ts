import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Found, finder } from "./products";

const told: Found[] = [];
const asked: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  told.length = 0;
  asked.length = 0;
});
afterEach(() => vi.useRealTimers());

/** answers waits for each answer to be given by hand. */
function answers() {
  const open = new Map<string, (items: { external_id: string }[]) => void>();
  vi.spyOn(globalThis, "fetch").mockImplementation((at, init) => {
    const query = new URL(String(at), "http://inbox.localhost").searchParams.get("q") ?? "";
    asked.push(query);
    return new Promise((resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      open.set(query, (items) => resolve(Response.json({ items })));
    });
  });
  return async (query: string, ...ids: string[]) => {
    open.get(query)?.(ids.map((external_id) => ({ external_id })));
    await vi.advanceTimersByTimeAsync(0);
  };
}

test("asks once for what was typed quickly, and only the last answer counts", async () => {
  const answer = answers();
  const { ask } = finder("shop_1", (found) => told.push(found));
  for (const text of ["m", "mo", "moo "]) ask(text);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual(["moo"]);
  ask("mug");
  await vi.advanceTimersByTimeAsync(500);
  await answer("moo", "jar");
  expect(told.at(-1)).toMatchObject({ state: "loading" });
  await answer("mug", "mug");
  expect(told.at(-1)).toEqual({ state: "ready", items: [{ external_id: "mug" }], query: "mug" });
});

test("keeps what was found on the screen while it asks again", async () => {
  const answer = answers();
  const { ask } = finder("shop_1", (found) => told.push(found));
  ask("");
  await vi.advanceTimersByTimeAsync(0);
  await answer("", "jar");
  ask("x");
  expect(told.at(-1)).toEqual({ state: "loading", items: [{ external_id: "jar" }] });
});

test("tells of a failure, but not of one that it stopped itself", async () => {
  const { ask, stop } = finder("shop_1", (found) => told.push(found));
  answers();
  ask("");
  await vi.advanceTimersByTimeAsync(0);
  stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(told.map((one) => one.state)).toEqual(["loading"]);
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
  ask("");
  await vi.advanceTimersByTimeAsync(0);
  expect(told.at(-1)).toEqual({ state: "failed" });
});
