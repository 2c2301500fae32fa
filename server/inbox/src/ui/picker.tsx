// A filterable list with the keyboard model of a combobox (ARIA 1.2): the focus stays in the field, arrows move the
// active option. It is the body of the assignee popup, of the tag popup and of the command menu.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { cx } from "./cx";
import { Icon } from "./icons";
import css from "./picker.module.css";

export interface Option {
  id: string;
  label: string;
  /** Words that find it although they are not shown. */
  words?: string;
  hint?: string;
  /** A line below the label. */
  note?: string;
  group?: string;
  glyph?: ComponentChildren;
  selected?: boolean;
}

interface Props {
  label: string;
  placeholder: string;
  empty: string;
  options: readonly Option[];
  onPick: (id: string) => void;
  /** Offers what was typed as a new option. */
  create?: (text: string) => Option | undefined;
  onQuery?: (text: string) => void;
  multiple?: boolean;
  /** The field takes the focus as soon as it is there, in a dialog before its close button. */
  eager?: boolean;
}

const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** matches tells whether every typed word begins a word of the option, accents and case aside. */
export function matches(option: Option, query: string): boolean {
  const words = fold(`${option.label} ${option.words ?? ""}`).split(/[\s@.#-]+/);
  return fold(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((typed) => words.some((word) => word.startsWith(typed) || `#${word}`.startsWith(typed)));
}

export function Picker(props: Props): JSX.Element {
  const { label, placeholder, empty, options, onPick, create, onQuery, multiple, eager } = props;
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (eager) field.current?.focus();
  }, [eager]);

  const shown = useMemo(() => {
    const found = options.filter((option) => matches(option, query));
    const made = query.trim() && create?.(query.trim());
    return made && !options.some((option) => option.id === made.id) ? [...found, made] : found;
  }, [options, query, create]);

  const at = Math.min(active, shown.length - 1);
  useEffect(() => {
    list.current?.querySelector("[data-active]")?.scrollIntoView?.({ block: "nearest" });
  });

  const keys = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") setActive(shown.length ? (at + 1) % shown.length : 0);
    else if (event.key === "ArrowUp") setActive(shown.length ? (at - 1 + shown.length) % shown.length : 0);
    else if (event.key === "Home" && !query) setActive(0);
    else if (event.key === "End" && !query) setActive(shown.length - 1);
    else if (event.key === "Enter") {
      const chosen = shown[at];
      if (chosen) pick(chosen);
    } else return;
    event.preventDefault();
  };
  const pick = (option: Option) => {
    onPick(option.id);
    if (multiple) setQuery("");
  };

  let group: string | undefined;
  return (
    <div class={css.picker}>
      <div class={css.field}>
        <Icon name="search" size={16} />
        <input
          ref={field}
          type="text"
          autofocus={eager}
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={shown[at] ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={placeholder}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setActive(0);
            onQuery?.(event.currentTarget.value);
          }}
          onKeyDown={keys}
        />
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        aria-multiselectable={multiple || undefined}
        class={css.list}
      >
        {shown.map((option, index) => {
          const head = option.group !== group ? option.group : undefined;
          group = option.group;
          return (
            <>
              {head && (
                <div key={`group-${head}`} class={css.group} role="presentation">
                  {head}
                </div>
              )}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus */}
              <div
                key={option.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={option.selected ?? false}
                data-active={index === at || undefined}
                class={cx(css.option, index === at && css.active)}
                onPointerMove={() => index !== at && setActive(index)}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => pick(option)}
              >
                {option.glyph && <span class={css.glyph}>{option.glyph}</span>}
                <span class={css.label}>
                  {option.label}
                  {option.note && <span class={css.note}>{option.note}</span>}
                </span>
                {option.hint && <span class={css.hint}>{option.hint}</span>}
                {option.selected && <Icon name="check" size={16} />}
              </div>
            </>
          );
        })}
      </div>
      {shown.length === 0 && <p class={css.empty}>{empty}</p>}
    </div>
  );
}
