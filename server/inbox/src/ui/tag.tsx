// A luggage tag: how an order travels through the inbox, on a row, in the thread, in the context panel.
import type { ComponentChildren, JSX } from "preact";
import { cx } from "./cx";
import css from "./tag.module.css";

interface Props {
  children: ComponentChildren;
  tone?: "kraft" | "ok" | "warn" | "danger" | "plain" | "test";
  title?: string;
}

export function OrderTag({ children, title }: Omit<Props, "tone">): JSX.Element {
  return (
    <span class={css.tag} data-tip={title}>
      <span class={css.text}>{children}</span>
    </span>
  );
}

export function Chip({ children, tone = "plain", title }: Props): JSX.Element {
  return (
    <span class={cx(css.chip, css[tone])} data-tip={title}>
      {children}
    </span>
  );
}
