import type { JSX } from "preact";
import { ours } from "../api/config";
import { Icon } from "../ui/icons";
import css from "./message.module.css";

/** Pictures of products come from the shop's own host: they are not loaded, so that nobody learns who looks. */
export function Picture({
  address,
  alt,
  size = 44,
}: {
  address: string | undefined;
  alt: string;
  size?: number;
}): JSX.Element {
  const box = { width: `${size}px`, height: `${size}px` };
  if (address && ours(address)) {
    return (
      <img
        class={css.picture}
        style={box}
        src={address}
        alt={alt}
        width={size}
        height={size}
        loading="lazy"
      />
    );
  }
  return (
    <span class={css.picture} style={box} aria-hidden="true">
      <Icon name="bag" size={Math.round(size * 0.5)} />
    </span>
  );
}
