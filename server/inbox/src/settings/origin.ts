/** originOf takes what people paste (a whole address) and keeps its origin, which is what the wall compares. */
export function originOf(text: string): string {
  try {
    const parsed = new URL(/^https?:\/\//i.test(text) ? text : `https://${text}`);
    return parsed.origin;
  } catch {
    return text;
  }
}
