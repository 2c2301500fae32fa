import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

// The README's pictures: `npm run screenshots` writes them to server/docs/pictures.
export default defineConfig({ ...base, testDir: 'screenshots', timeout: 180_000 });
