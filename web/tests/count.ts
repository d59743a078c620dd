import type { FullResult, Reporter, Suite } from '@playwright/test/reporter'

// The closing line that scripts/test adds up.
export default class Count implements Reporter {
  private suite: Suite | null = null

  onBegin(_config: unknown, suite: Suite) {
    this.suite = suite
  }

  onEnd(result: FullResult) {
    const tests = this.suite?.allTests() ?? []
    const good = tests.filter((test) => test.outcome() === 'expected').length
    const skipped = tests.filter((test) => test.outcome() === 'skipped').length
    const bad = Math.max(tests.length - good - skipped, result.status === 'passed' ? 0 : 1)
    console.log(`browser: ${good} passed, ${bad} failed, ${skipped} skipped`)
  }
}
