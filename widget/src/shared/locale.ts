/** The first wish that a language at hand serves: the same tag, else the same language. */
export function pick(wanted: readonly (string | null | undefined)[], have: readonly string[]): string {
  const low = (tag: string) => tag.toLowerCase().split(/[-_]/)
  for (const w of wanted) {
    const [language, ...rest] = low(w || '-')
    const near = have.filter(h => low(h)[0] === language)
    if (near[0]) return near.find(h => low(h).slice(1).join() === rest.join()) ?? near[0]
  }
  return have[0] ?? 'en'
}

export function direction(locale: string): 'rtl' | 'ltr' {
  return /^(ar|he|fa|ur)\b/i.test(locale) ? 'rtl' : 'ltr'
}
