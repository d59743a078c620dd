import type { Reporter, TestModule } from 'vitest/node'

// The closing line that scripts/test adds up.
export default class Count implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const of = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length
    console.log(
      `web: ${of('passed')} passed, ${of('failed') + broken} failed, ${of('skipped') + of('pending')} skipped`,
    )
  }
}
