/** A link back to a conversation carries its token in the page's address: it is taken out of it as soon as it is read. */
export function takeBack(): string | undefined {
  let token: string | undefined
  const url = location.href.replace(/([?&])tagalong=([\w-]+)&?/, (_, lead: string, found: string) => {
    token = found
    return lead
  })
  // Other parameters stay as they are, letter by letter: the page may not read them as we would write them.
  if (token) history.replaceState(history.state, '', url.replace(/[?&](?=#|$)/, ''))
  return token
}
