import { readFileSync } from 'node:fs'
import { text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exceptionOf, exceptions } from './exceptions.ts'
import { measure, type Outcomes } from './measure.ts'
import { type Runtime, runtimes } from './runtimes.ts'
import { suite } from './suite.ts'
import { BEGIN, END, tableOf } from './table.ts'

const measured = new Map<string, Outcomes>()
const started = new AsyncDisposableStack()

/** Each runtime runs in its own child processes, two at a time. With more, cases would time out on a busy machine. */
beforeAll(async () => {
  const waiting = runtimes.filter(({ start }) => start !== undefined).values()
  const work = async () => {
    for (const runtime of waiting) measured.set(runtime.name, await outcomesOn(runtime))
  }
  await Promise.all([work(), work()])
}, 120_000)

/** Runs even if `beforeAll` timed out. */
afterAll(() => started.disposeAsync())

async function outcomesOn({ name, start }: Runtime): Promise<Outcomes> {
  try {
    await using running = started.use(await start!())
    // Do not wait as long for what is known not to happen.
    return await measure(running, (each) => (exceptionOf(name, each) ? 1_000 : 20_000))
  } catch (error) {
    // It did not start: every case fails.
    return new Map(suite.map((each) => [each, error as Error]))
  }
}

describe.each(runtimes.filter(({ start }) => start !== undefined))('on $name', ({ name }: Runtime) => {
  it.each(suite)('$feature: $name', (each) => {
    const outcome = measured.get(name)!.get(each)
    if (exceptionOf(name, each) === undefined) expect(outcome).toBeUndefined()
    else expect(outcome, 'it passes: remove it from exceptions.ts').toBeInstanceOf(Error)
  })
})

describe('the suite', () => {
  it('has unique case names', () => {
    expect(new Set(suite.map(({ name }) => name)).size).toBe(suite.length)
  })

  it('fails in every case if the application does nothing', async () => {
    await using server = await serve(() => text('Hello'), { listen: 'http://127.0.0.1:0' })
    const running = { origin: server.addresses[0]!, output: () => '', [Symbol.asyncDispose]: async () => {} }
    const outcomes = await measure(running, () => 1_000)
    expect(suite.filter((each) => outcomes.get(each) === undefined).map(({ name }) => name)).toEqual([])
  }, 60_000)
})

describe('README.md', () => {
  it('has the table of this run', () => {
    const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
    expect(readme).toContain(BEGIN + tableOf(measured) + END)
  })

  it('has exceptions only for existing cases and runtimes', () => {
    const names = suite.map(({ name }) => name)
    for (const { runtime, cases } of exceptions) {
      expect(runtimes.map(({ name }) => name)).toContain(runtime)
      for (const name of cases) expect(names).toContain(name)
    }
  })
})
