import type { ComponentChildren, JSX } from "preact";
import { webLink } from "./links";

/** A link that leads out of the inbox: it tells the other side nothing and cannot reach back. */
export function Outside(props: {
  href: string | undefined;
  children: ComponentChildren;
  class?: string | undefined;
}): JSX.Element {
  const href = webLink(props.href);
  if (!href) return <span class={props.class}>{props.children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" class={props.class}>
      {props.children}
    </a>
  );
}
