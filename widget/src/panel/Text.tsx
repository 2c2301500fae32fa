import { linkify } from './linkify'

/** A text as text: addresses become links, nothing becomes markup. */
export function Text({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((s, i) =>
        s.href ? (
          <a key={i} href={s.href} target="_blank" rel="noopener noreferrer nofollow">
            {s.text}
          </a>
        ) : (
          s.text
        ),
      )}
    </>
  )
}

/** Up to three emoji and nothing else are shown large. */
export function isEmoji(text: string): boolean {
  return (
    text.length <= 32 &&
    /^(?:\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F|\u200D\p{Extended_Pictographic})*\s?){1,3}$/u.test(text)
  )
}
