import type { Locator } from '@playwright/test';

/** burstIn reads the numbered lines of a log, top to bottom: what arrived, how often, in which order. */
export async function burstIn(log: Locator): Promise<string[]> {
  return log.getByText(/^line \d+ of \d+$/).allTextContents();
}

/** lines are the texts of a burst of n. */
export function lines(n: number): string[] {
  return Array.from({ length: n }, (_, i) => `line ${i + 1} of ${n}`);
}
