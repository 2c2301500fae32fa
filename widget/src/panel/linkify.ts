/**
 * Finds web addresses in a text. The text stays a text: what is found becomes an element with an href that
 * was parsed and is http(s), never markup. One pass, no nested repetition, so long texts stay cheap.
 */
export interface Segment {
  text: string
  href?: string
}

/** How every link of the panel opens. */
export const NEW_TAB = { target: '_blank', rel: 'noopener noreferrer nofollow' }

const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"'`]+/gi
const MAX = 2048

export function linkify(text: string): Segment[] {
  const out: Segment[] = []
  let from = 0
  const plain = (to: number) => {
    if (to > from) out.push({ text: text.slice(from, to) })
  }
  for (const m of text.matchAll(ADDRESS)) {
    // An address in the middle of a word (`xhttps://`, `a.www.b`) is not one.
    const before = m.index > 0 ? (text[m.index - 1] as string) : ' '
    if (/[\p{L}\p{N}_@./-]/u.test(before)) continue
    const found = trim(m[0])
    const href = webURL(/^www/i.test(found) ? `https://${found}` : found)
    if (!href) continue
    plain(m.index)
    out.push({ text: found, href })
    from = m.index + found.length
  }
  plain(text.length)
  return out
}

/** Punctuation after an address belongs to the sentence; a bracket too, unless it was opened inside. */
function trim(s: string): string {
  let end = Math.min(s.length, MAX)
  let open = 0
  for (let i = 0; i < end; i++) open += s[i] === '(' ? 1 : s[i] === ')' ? -1 : 0
  while (end > 0) {
    const c = s[end - 1] as string
    if (c === ')' && open < 0) open++
    else if (!'.,;:!?]}»”’*…'.includes(c)) break
    end--
  }
  return s.slice(0, end)
}

/** The address if it may be opened or loaded, else undefined: no scripts, no data, nothing relative, no user names. */
export function webURL(raw: string | undefined): string | undefined {
  if (!raw || raw.length > MAX) return undefined
  try {
    const u = new URL(raw)
    const web = u.protocol === 'https:' || u.protocol === 'http:'
    return web && u.hostname.length > 0 && !u.username ? u.href : undefined
  } catch {
    return undefined
  }
}
