// A floating panel on the native popover: top layer, light dismiss and Escape come from the browser. The focus goes in
// on opening and back to the opener on closing.
import type { ComponentChildren, JSX, RefObject } from "preact";
import { useCallback, useEffect, useId, useRef, useState } from "preact/hooks";
import { type Align, place } from "./place";
import css from "./popup.module.css";

export interface TriggerProps {
  ref: RefObject<HTMLButtonElement | null>;
  id: string;
  onClick: () => void;
  "aria-expanded": boolean;
  "aria-haspopup": "menu" | "dialog";
  "aria-controls": string | undefined;
}

interface Props {
  kind: "menu" | "dialog";
  label: string;
  align?: Align;
  trigger: (props: TriggerProps) => JSX.Element;
  children: (close: () => void) => ComponentChildren;
  /** Opened from elsewhere (a shortcut): every new number opens it. */
  openAt?: number;
}

export function Popup({ kind, label, align = "start", trigger, children, openAt }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();

  const close = useCallback(() => setOpen(false), []);

  useEffect(() => {
    if (openAt) setOpen(true);
  }, [openAt]);

  useEffect(() => {
    const element = panel.current;
    if (!open || !element) return;
    element.showPopover();
    const reposition = () => button.current && place(button.current, element, align);
    reposition();
    const focusable = element.querySelector<HTMLElement>(
      kind === "menu" ? "[role^=menuitem]:not([aria-disabled=true])" : "input, button, [tabindex='0']",
    );
    focusable?.focus();
    const toggled = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") setOpen(false);
    };
    element.addEventListener("toggle", toggled);
    addEventListener("resize", reposition);
    const resized = new ResizeObserver(reposition);
    resized.observe(element);
    return () => {
      resized.disconnect();
      removeEventListener("resize", reposition);
      element.removeEventListener("toggle", toggled);
      const inside = element.contains(document.activeElement) || document.activeElement === document.body;
      if (element.matches(":popover-open")) element.hidePopover();
      if (inside) button.current?.focus();
    };
  }, [open, align, kind]);

  return (
    <>
      {trigger({
        ref: button,
        id: `${id}-button`,
        onClick: () => setOpen(!open),
        "aria-expanded": open,
        "aria-haspopup": kind,
        "aria-controls": open ? id : undefined,
      })}
      {open && (
        <div ref={panel} id={id} popover="auto" {...{ role: kind, "aria-label": label }} class={css.panel}>
          {children(close)}
        </div>
      )}
    </>
  );
}
