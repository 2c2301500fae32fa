import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

// The shop on WordPress. Not run by hand: server/e2e/woocommerce makes the site and the server, and then runs this.
export default defineConfig({
  ...base,
  testDir: 'woocommerce',
  timeout: 90_000,
  expect: { timeout: 20_000 },
  outputDir: 'woocommerce/test-results',
});
