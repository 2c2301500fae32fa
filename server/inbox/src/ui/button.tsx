import type { ComponentChildren, JSX } from "preact";
import css from "./button.module.css";
import { cx } from "./cx";
import { Icon, type IconName } from "./icons";

type Native = Omit<JSX.IntrinsicElements["button"], "icon" | "size" | "ref">;

export interface ButtonProps extends Native {
  look?: "primary" | "plain" | "quiet" | "danger";
  small?: boolean;
  busy?: boolean | undefined;
  icon?: IconName;
  children: ComponentChildren;
}

export function Button({
  look = "plain",
  small,
  busy,
  icon,
  children,
  class: name,
  ...rest
}: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      class={cx(css.button, css[look], small && css.small, name as string | undefined)}
      aria-busy={busy || undefined}
      disabled={rest.disabled || busy}
    >
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Native {
  icon: IconName;
  /** The name of the button, also its tooltip. */
  label: string;
  keys?: string | undefined;
  size?: number;
  on?: boolean;
}

export function IconButton({
  icon,
  label,
  keys,
  size = 20,
  on,
  class: name,
  ...rest
}: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={label}
      data-keys={keys}
      {...rest}
      class={cx(css.icon, on && css.on, name as string | undefined)}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}
