import { defineConfig } from '@playwright/test';
import { chromium } from './src/chromium.ts';

// One worker: every test starts a server of its own and kills it, and the machine may be small.
export default defineConfig({
  testDir: 'tests',
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: process.env.CI ? [['list'], ['html', { open: 'never' }]] : 'list',
  use: {
    launchOptions: chromium,
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
