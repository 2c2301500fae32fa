// What axe finds on a page that stands still.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** still waits until the page is there and nothing on it is fading in any more: what is half transparent has no contrast yet. */
async function still(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.evaluate(async () => {
    const ends = document
      .getAnimations()
      .filter((a) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ends.map((a) => a.finished));
  });
}

/** faults are the serious ones, by rule and place. */
export async function faults(page: Page): Promise<string[]> {
  await still(page);
  const result = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return result.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.flat().join(' ')).join(' | ')}`);
}
