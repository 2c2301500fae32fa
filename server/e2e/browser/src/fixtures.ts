import { test as base } from '@playwright/test';
import { Demo } from './demo.ts';

/** test gives each test a server of its own. */
export const test = base.extend<{ demo: Demo; seed: boolean }>({
  seed: [false, { option: true }],
  demo: async ({ seed, browser }, use, info) => {
    const demo = await Demo.start({ seed });
    await use(demo);
    // Pages that nobody looks at any more would draw on and slow the next tests down; a failed test's are still to be pictured.
    if (info.status === info.expectedStatus) await Promise.all(browser.contexts().map((c) => c.close()));
    const log = await demo.stop();
    if (info.status !== info.expectedStatus) await info.attach('server log', { body: log });
  },
});

export { expect } from '@playwright/test';
