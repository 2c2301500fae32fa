// One tooltip for the whole app: any element with data-tip shows its text on hover or keyboard focus. It repeats the
// accessible name for the eye, so screen readers are not told twice.

import { place } from "./place";
import css from "./tooltip.module.css";

export function startTooltips(): void {
  const tip = document.createElement("div");
  tip.className = css.tip ?? "";
  tip.setAttribute("aria-hidden", "true");
  tip.popover = "manual";
  document.body.append(tip);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let shownFor: Element | undefined;

  const hide = () => {
    clearTimeout(timer);
    shownFor = undefined;
    if (tip.matches(":popover-open")) tip.hidePopover();
  };
  const show = (target: HTMLElement, delay: number) => {
    if (shownFor === target) return;
    hide();
    shownFor = target;
    timer = setTimeout(() => {
      if (!target.isConnected || target.getAttribute("aria-expanded") === "true") return;
      tip.textContent = target.dataset.tip ?? "";
      if (target.dataset.keys) {
        const keys = document.createElement("kbd");
        keys.textContent = target.dataset.keys;
        tip.append(keys);
      }
      tip.showPopover();
      place(target, tip, "start", 4);
    }, delay);
  };
  const of = (event: Event) =>
    (event.target as Element | null)?.closest?.<HTMLElement>("[data-tip]") ?? undefined;

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const target = of(event);
    if (target) show(target, 450);
    else hide();
  });
  document.addEventListener("focusin", (event) => {
    const target = of(event);
    if (target?.matches(":focus-visible")) show(target, 150);
  });
  for (const name of ["focusout", "pointerdown", "keydown", "scroll"]) {
    document.addEventListener(name, hide, { capture: true, passive: true });
  }
}
