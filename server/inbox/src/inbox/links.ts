// Finds links in plain text. Messages are never parsed as HTML or markdown; a link is all that a text can become.

export type Part = string | { text: string; href: string };

const pattern = /https?:\/\/[^\s<>"]+/giu;

/** parts splits a text into plain pieces and links; only http and https ever become links. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const whole = trim(match[0]);
    let href: string;
    try {
      const parsed = new URL(whole);
      // A user name in front of the host is how a link pretends to lead elsewhere.
      if (parsed.username || parsed.password) continue;
      href = parsed.href;
    } catch {
      continue;
    }
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push({ text: whole, href });
    from = match.index + whole.length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

/** trim leaves the punctuation of the sentence out, and a closing bracket that was not opened in the link. */
function trim(link: string): string {
  let depth = 0;
  for (const char of link) depth += char === "(" ? 1 : char === ")" ? -1 : 0;
  let end = link.length;
  while (end > 0) {
    const last = link[end - 1] as string;
    if (last === ")" && depth < 0) depth += 1;
    else if (!".,;:!?'…»”".includes(last)) break;
    end -= 1;
  }
  return link.slice(0, end);
}

/** webLink allows an address from outside (a card, a page, a tracking link) only if it is plain http or https. */
export function webLink(address: string | undefined): string | undefined {
  if (!address) return undefined;
  try {
    const parsed = new URL(address);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}
