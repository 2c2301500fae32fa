// Short messages at the foot of the window, each with at most one action (undo). They wait while the pointer or the
// focus is on them, so that nobody races a timer.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "./button";
import { cx } from "./cx";
import css from "./toast.module.css";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "error";
  action?: { label: string; run: () => void };
}

const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function toast(
  text: string,
  options: { tone?: Toast["tone"]; action?: Toast["action"] } = {},
): number {
  last += 1;
  const made: Toast = { id: last, text, tone: options.tone ?? "plain" };
  if (options.action) made.action = options.action;
  toasts.value = [...toasts.value.slice(-2), made];
  return made.id;
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function Toaster(): JSX.Element {
  return (
    <section class={css.stack} aria-label={t("toast.region")}>
      <div role="status" aria-live="polite">
        {toasts.value.map((one) => (
          <Item key={one.id} toast={one} />
        ))}
      </div>
    </section>
  );
}

function Item({ toast: one }: { toast: Toast }): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const start = () => {
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          if (ref.current?.matches(":hover, :focus-within")) start();
          else dismiss(one.id);
        },
        one.action || one.tone === "error" ? 7000 : 4000,
      );
    };
    start();
    return () => clearTimeout(timer);
  }, [one]);
  return (
    <div ref={ref} class={cx(css.toast, one.tone === "error" && css.error)}>
      <span>{one.text}</span>
      {one.action && (
        <button
          type="button"
          class={css.action}
          onClick={() => {
            one.action?.run();
            dismiss(one.id);
          }}
        >
          {one.action.label}
        </button>
      )}
      <IconButton
        icon="close"
        size={16}
        label={t("action.dismiss")}
        class={css.close}
        onClick={() => dismiss(one.id)}
      />
    </div>
  );
}
