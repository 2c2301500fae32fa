import { test as base } from '@playwright/test';
import { Demo } from './demo.ts';

/** test gives each test a server of its own. */
export const test = base.extend<{ demo: Demo; seed: boolean }>({
  seed: [false, { option: true }],
  demo: async ({ seed }, use, info) => {
    const demo = await Demo.start({ seed });
    await use(demo);
    const log = await demo.stop();
    if (info.status !== info.expectedStatus) await info.attach('server log', { body: log });
  },
});

export { expect } from '@playwright/test';
