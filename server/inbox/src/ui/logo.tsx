import type { JSX } from "preact";
import css from "./logo.module.css";

/** The mark: a luggage tag with two lines of talk on it. */
export function Mark({ size = 28 }: { size?: number }): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" class={css.mark}>
      <path
        fill="currentColor"
        d="M12.2 4h12.3A3.5 3.5 0 0 1 28 7.5v17a3.5 3.5 0 0 1-3.5 3.5H12.2a3.5 3.5 0 0 1-2.6-1.2l-6-7.7a5 5 0 0 1 0-6.2l6-7.7A3.5 3.5 0 0 1 12.2 4Z"
      />
      <circle cx="10.5" cy="16" r="2.6" class={css.hole} />
      <path class={css.lines} d="M16.5 12.5h7M16.5 19.5h4.5" />
    </svg>
  );
}

export function Logo(): JSX.Element {
  return (
    <div class={css.logo}>
      <Mark size={30} />
      <span>Tagalong</span>
    </div>
  );
}
