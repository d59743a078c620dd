import { defineConfig } from '@playwright/test'

const results = process.env.KS_BROWSER_RESULTS ?? '../build/test-results/browser'

// Debian's Chromium against the release program, which each worker starts for itself.
export default defineConfig({
  testDir: 'tests',
  outputDir: results,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['./tests/count.ts']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.KS_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    },
  },
})
