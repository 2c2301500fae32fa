import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { settings: { disableIframePageLoading: true } } },
    include: ['test/**/*.test.{ts,tsx}'],
    // The DOM of these tests loads no frames and says so at each one.
    onConsoleLog: log => !log.includes('Iframe page loading is disabled'),
  },
})
