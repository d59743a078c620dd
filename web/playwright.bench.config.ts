import { defineConfig } from '@playwright/test'

import tests from './playwright.config'

// One after the other: what another worker does would be measured too.
export default defineConfig(tests, {
  testMatch: '*.bench.ts',
  fullyParallel: false,
  workers: 1,
  timeout: 300_000,
  reporter: [['line']],
})
