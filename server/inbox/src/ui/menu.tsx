// A menu button: arrows, Home, End, first letters, Enter; one item is in the tab order at a time.
import type { JSX } from "preact";
import { cx } from "./cx";
import { Icon, type IconName } from "./icons";
import css from "./menu.module.css";
import type { Align } from "./place";
import { Popup, type TriggerProps } from "./popup";

export interface MenuItem {
  label: string;
  icon?: IconName;
  run: () => void;
  checked?: boolean;
  danger?: boolean;
  hint?: string;
  /** A line below the label. */
  note?: string;
}

interface Props {
  label: string;
  items: readonly (MenuItem | "line")[];
  align?: Align;
  trigger: (props: TriggerProps) => JSX.Element;
}

export function Menu({ label, items, align, trigger }: Props): JSX.Element {
  return (
    <Popup kind="menu" label={label} trigger={trigger} {...(align ? { align } : {})}>
      {(close) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the menu around the items
        <div class={css.items} onKeyDown={move} role="presentation">
          {items.map((item, index) =>
            item === "line" ? (
              <div key={`line-${index}`} class={css.line} role="separator" />
            ) : (
              <button
                key={item.label}
                type="button"
                {...(item.checked === undefined
                  ? { role: "menuitem" as const }
                  : { role: "menuitemradio" as const, "aria-checked": item.checked })}
                tabIndex={-1}
                class={cx(css.item, item.danger && css.danger)}
                onClick={() => {
                  close();
                  item.run();
                }}
              >
                <span class={css.glyph}>{item.icon && <Icon name={item.icon} size={18} />}</span>
                <span class={css.label}>
                  {item.label}
                  {item.note && <span class={css.note}>{item.note}</span>}
                </span>
                {item.hint && <span class={css.hint}>{item.hint}</span>}
                {item.checked && <Icon name="check" size={16} />}
              </button>
            ),
          )}
        </div>
      )}
    </Popup>
  );
}

function move(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const items = [...list.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  let next: HTMLElement | undefined;
  if (event.key === "ArrowDown") next = items[(at + 1) % items.length];
  else if (event.key === "ArrowUp") next = items[(at - 1 + items.length) % items.length];
  else if (event.key === "Home") next = items[0];
  else if (event.key === "End") next = items[items.length - 1];
  else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLocaleLowerCase();
    next = [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) =>
      item.textContent?.trim().toLocaleLowerCase().startsWith(letter),
    );
  }
  if (!next) return;
  event.preventDefault();
  next.focus();
}
