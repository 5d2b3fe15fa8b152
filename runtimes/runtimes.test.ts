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

/** Each runs as child processes of its own, two at a time: with more, the cases wait for the machine. */
beforeAll(async () => {
  const waiting = runtimes.filter(({ start }) => start !== undefined).values()
  const work = async () => {
    for (const runtime of waiting) measured.set(runtime.name, await outcomesOn(runtime))
  }
  await Promise.all([work(), work()])
}, 120_000)

/** Also where that was given up in the middle. */
afterAll(() => started.disposeAsync())

async function outcomesOn({ name, start }: Runtime): Promise<Outcomes> {
  try {
    await using running = started.use(await start!())
    // What is known not to happen is not waited for as long.
    return await measure(running, (each) => (exceptionOf(name, each) ? 2_000 : 20_000))
  } catch (error) {
    // It did not start: nothing holds.
    return new Map(suite.map((each) => [each, error as Error]))
  }
}

describe.each(runtimes.filter(({ start }) => start !== undefined))('on $name', ({ name }: Runtime) => {
  it.each(suite)('$feature: $name', (each) => {
    const outcome = measured.get(name)!.get(each)
    if (exceptionOf(name, each) === undefined) expect(outcome).toBeUndefined()
    else expect(outcome, 'it holds: take it out of exceptions.ts').toBeInstanceOf(Error)
  })
})

describe('the suite', () => {
  it('has no two cases of one name', () => {
    expect(new Set(suite.map(({ name }) => name)).size).toBe(suite.length)
  })

  it('fails, every case of it, where an application does nothing', async () => {
    await using server = await serve(() => text('Hello'), { listen: 'http://127.0.0.1:0' })
    const running = { origin: server.addresses[0]!, output: () => '', [Symbol.asyncDispose]: async () => {} }
    const outcomes = await measure(running, () => 1_000)
    expect(suite.filter((each) => outcomes.get(each) === undefined).map(({ name }) => name)).toEqual([])
  }, 60_000)
})

describe('README.md', () => {
  it('shows what came of it', () => {
    const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
    expect(readme).toContain(BEGIN + tableOf(measured) + END)
  })

  it('makes no exception of what is no case, or for no runtime', () => {
    const names = suite.map(({ name }) => name)
    for (const { runtime, cases } of exceptions) {
      expect(runtimes.map(({ name }) => name)).toContain(runtime)
      for (const name of cases) expect(names).toContain(name)
    }
  })
})
