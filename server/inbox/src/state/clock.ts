// The time as the screens see it: it moves twice a minute, and again when a sleeping tab wakes.
import { signal } from "@preact/signals";
import { clockSkew } from "../api/client";

export const now = signal(Date.now());

/** The same in the server's time: a window ends when the server says so, whatever this computer's clock shows. */
export const serverNow = (): number => Date.now() + clockSkew.value;
export const serverTime = (): number => now.value + clockSkew.value;

export function startClock(): void {
  const tick = () => {
    now.value = Date.now();
  };
  setInterval(tick, 30_000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") tick();
  });
}
