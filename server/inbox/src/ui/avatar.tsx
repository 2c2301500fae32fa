// The monogram: round but for the corner that touches the speaker, as everywhere in Tagalong.
import type { JSX } from "preact";
import css from "./avatar.module.css";
import { cx } from "./cx";

export type Presence = "here" | "gone" | "unknown";

/** hue spreads ids over the circle of colours, the same id always in the same place. */
export function hue(id: string): number {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
  return (hash >>> 0) % 360;
}

/** initials are at most two, of the first and the last word; a person without a name has none. */
export function initials(name: string | undefined): string {
  const words = (name ?? "").trim().split(/\s+/).filter(Boolean);
  const first = (word: string | undefined) => (word ? (Array.from(word)[0] ?? "") : "");
  return words.length > 1 ? first(words[0]) + first(words[words.length - 1]) : first(words[0]);
}

interface Props {
  id: string;
  name?: string | undefined;
  size?: number;
  presence?: Presence | undefined;
  kind?: "shopper" | "agent";
}

export function Avatar({ id, name, size = 32, presence, kind = "shopper" }: Props): JSX.Element {
  const text = initials(name);
  return (
    <span
      class={cx(css.frame, presence && css[presence])}
      style={{ width: `${size}px`, height: `${size}px` }}
      aria-hidden="true"
    >
      <span
        class={cx(css.avatar, css[kind], !text && css.nameless)}
        style={{ "--hue": String(hue(id)), fontSize: `${Math.round(size * 0.38)}px` }}
      >
        {text || (
          <svg
            viewBox="0 0 20 20"
            width={size * 0.56}
            height={size * 0.56}
            fill="currentColor"
            aria-hidden="true"
          >
            <path d="M10 9.600a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400Zm0 1.700c-3.5 0-6 1.9-6 4.4 0 .6.4 1.1 1 1.100h10c.6 0 1-.5 1-1.1 0-2.5-2.5-4.4-6-4.400Z" />
          </svg>
        )}
      </span>
    </span>
  );
}
