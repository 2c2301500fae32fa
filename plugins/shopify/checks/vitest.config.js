import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/*.test.js'],
    // Shopify's schema is 5 MB, and the Go command of the signatures is built first.
    testTimeout: 120_000,
  },
})
