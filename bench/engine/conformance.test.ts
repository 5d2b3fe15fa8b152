import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure, type Outcomes } from '../../runtimes/measure.ts'
import { type Running, start } from '../../runtimes/processes.ts'
import { suite } from '../../runtimes/suite.ts'

let running: Running
let outcomes: Outcomes
beforeAll(async () => {
  running = await start({
    command: process.execPath,
    args: [join(import.meta.dirname, 'site.ts')],
    ready: /http:\/\/127\.0\.0\.1:(\d+)/,
  })
  outcomes = await measure(running)
}, 60_000)
afterAll(() => running?.[Symbol.asyncDispose]())

// The prototype has no upgrades.
const supported = suite.filter(({ feature }) => feature !== 'WebSockets')

describe('the suite of all runtimes on the engine', () => {
  it.each(supported)('$feature: $name', (each) => {
    expect(outcomes.get(each)).toBeUndefined()
  })
})
