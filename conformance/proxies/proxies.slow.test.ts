import { describe, expect, it } from 'vitest'
import { requireProgram } from '../../scripts/programs.ts'
import { outcomesOf } from './outcomes.ts'
import { proxies } from './proxies.ts'
import { engines, type Result, runPairs } from './run-pairs.ts'

describe.each(Object.entries(proxies))('behind %s', (_, proxy) => {
  const program = requireProgram(proxy.program)
  let results: Promise<Result[]> | undefined

  it.runIf(program).each(engines)(
    'the engine %s reads all requests as the proxy has sent them',
    async (engine) => {
      results ??= runPairs(program!, proxy)
      const result = (await results).find((each) => each.engine === engine)!
      expect(result.disagreements).toEqual([])
      // Both have read much, or little was compared.
      const outcomes = [...outcomesOf(result.sent, result).values()]
      expect(outcomes.filter((outcome) => outcome === 'read').length).toBeGreaterThan(60)
    },
  )
})
