// Puts a floating element beside its anchor, inside the window. Positions are set through the style object: a style
// attribute would be refused by the content security policy.

export type Align = "start" | "end";

export function place(anchor: Element, floating: HTMLElement, align: Align = "start", gap = 6): void {
  const edge = 8;
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = floating;
  const rtl = document.documentElement.dir === "rtl";
  const left = (align === "start") !== rtl ? box.left : box.right - width;
  const below = box.bottom + gap;
  const above = box.top - gap - height;
  const top = below + height + edge <= innerHeight || above < edge ? below : above;
  floating.style.left = `${Math.max(edge, Math.min(left, innerWidth - width - edge))}px`;
  floating.style.top = `${Math.max(edge, Math.min(top, innerHeight - height - edge))}px`;
}
