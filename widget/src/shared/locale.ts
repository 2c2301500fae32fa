/** The first wish that a language at hand serves: the same tag, else the same language. */
export function pick(wanted: readonly (string | null | undefined)[], have: readonly string[]): string {
  const low = (tag: string) => tag.toLowerCase().replace(/_/g, '-')
  for (const w of wanted) {
    const tag = low(w || '-')
    const near = have.filter(h => low(h).split('-')[0] === tag.split('-')[0])
    if (near[0]) return near.find(h => low(h) === tag) ?? near[0]
  }
  return have[0] ?? 'en'
}

export function isRTL(locale: string): boolean {
  return /^(ar|he|fa|ur)\b/i.test(locale)
}
