// A list of rows of one height, of which only those near the window are in the document.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props<T> {
  items: readonly T[];
  rowHeight: number;
  keyOf: (item: T) => string;
  render: (item: T, index: number) => JSX.Element;
  label: string;
  class?: string | undefined;
  /** The row that stays in view when it changes (chosen with the keyboard). */
  active?: string | undefined;
  onEnd?: (() => void) | undefined;
  busy?: boolean;
  children?: JSX.Element | null | false;
}

const overscan = 6;

/** windowOf returns the first and the last row to draw. */
export function windowOf(scroll: number, height: number, rowHeight: number, count: number): [number, number] {
  const first = Math.max(0, Math.floor(scroll / rowHeight) - overscan);
  const last = Math.min(count, Math.ceil((scroll + height) / rowHeight) + overscan);
  return [Math.min(first, count), last];
}

export function VirtualList<T>(props: Props<T>): JSX.Element {
  const { items, rowHeight, keyOf, render, label, active, onEnd, busy } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scroll: 0, height: 800 });

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const read = () => setView({ scroll: element.scrollTop, height: element.clientHeight || 800 });
    read();
    element.addEventListener("scroll", read, { passive: true });
    const resized = new ResizeObserver(read);
    resized.observe(element);
    return () => {
      element.removeEventListener("scroll", read);
      resized.disconnect();
    };
  }, []);

  const [first, last] = windowOf(view.scroll, view.height, rowHeight, items.length);

  useEffect(() => {
    if (onEnd && last >= items.length - overscan && items.length > 0) onEnd();
  }, [last, items.length, onEnd]);

  useEffect(() => {
    const element = frame.current;
    const index = active ? items.findIndex((item) => keyOf(item) === active) : -1;
    if (!element || index < 0) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight;
    }
    // Only a new choice moves the list; new rows above it must not.
  }, [active]);

  return (
    <div ref={frame} class={props.class} role="list" aria-label={label} aria-busy={busy || undefined}>
      <div role="presentation" style={{ height: `${first * rowHeight}px` }} />
      {items.slice(first, last).map((item, offset) => (
        <div
          key={keyOf(item)}
          role="listitem"
          aria-posinset={first + offset + 1}
          aria-setsize={items.length}
          style={{ height: `${rowHeight}px` }}
        >
          {render(item, first + offset)}
        </div>
      ))}
      <div role="presentation" style={{ height: `${Math.max(0, items.length - last) * rowHeight}px` }} />
      {props.children}
    </div>
  );
}
