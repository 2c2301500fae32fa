import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

// The README's pictures: `npm run screenshots` writes them to docs/pictures at the root.
export default defineConfig({ ...base, testDir: 'screenshots', timeout: 180_000 });
