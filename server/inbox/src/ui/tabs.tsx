import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { cx } from "./cx";
import css from "./tabs.module.css";

interface Props<T extends string> {
  label: string;
  tabs: readonly { id: T; label: string }[];
  active: T;
  onChange: (id: T) => void;
  children: ComponentChildren;
}

export function Tabs<T extends string>({ label, tabs, active, onChange, children }: Props<T>): JSX.Element {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  // On a small window the tabs scroll; the open one is in sight.
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
    tab?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [active]);
  const keys = (event: KeyboardEvent) => {
    const rtl = document.documentElement.dir === "rtl";
    const at = tabs.findIndex((tab) => tab.id === active);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    let next = step ? (at + (rtl ? -step : step) + tabs.length) % tabs.length : at;
    if (event.key === "Home") next = 0;
    if (event.key === "End") next = tabs.length - 1;
    const tab = tabs[next];
    if (!tab || next === at) return;
    event.preventDefault();
    onChange(tab.id);
    document.getElementById(`${id}-${tab.id}`)?.focus();
  };
  return (
    <div>
      <div ref={list} class={css.tabs} role="tablist" aria-label={label} onKeyDown={keys}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === active}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === active ? 0 : -1}
            class={cx(css.tab, tab.id === active && css.active)}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${active}`} class={css.panel}>
        {children}
      </div>
    </div>
  );
}
