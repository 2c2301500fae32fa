// What a place shows while it has nothing to show: skeleton, error with a way out, or an empty state that says why.
import type { ComponentChildren, JSX } from "preact";
import { t } from "../i18n";
import { Button } from "./button";
import { Icon, type IconName } from "./icons";
import css from "./states.module.css";

export function Skeleton({ lines = 3 }: { lines?: number }): JSX.Element {
  return (
    <div class={css.skeleton} aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} style={{ width: `${[92, 68, 80, 54][index % 4]}%` }} />
      ))}
    </div>
  );
}

export function Failure({ text, onRetry }: { text: string; onRetry: () => void }): JSX.Element {
  return (
    <div class={css.failure} role="alert">
      <span>
        <Icon name="warning" size={16} /> {text}
      </span>
      <Button small icon="refresh" onClick={onRetry}>
        {t("action.retry")}
      </Button>
    </div>
  );
}

export function Empty(props: { icon?: IconName; title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class={css.empty}>
      {props.icon && (
        <span class={css.glyph}>
          <Icon name={props.icon} size={26} />
        </span>
      )}
      <p class={css.title}>{props.title}</p>
      {props.children && <div class={css.more}>{props.children}</div>}
    </div>
  );
}
