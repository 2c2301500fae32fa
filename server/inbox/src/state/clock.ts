// The time as the screens see it: it moves twice a minute, and again when a sleeping tab wakes.
import { signal } from "@preact/signals";

export const now = signal(Date.now());

export function startClock(): void {
  const tick = () => {
    now.value = Date.now();
  };
  setInterval(tick, 30_000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") tick();
  });
}
