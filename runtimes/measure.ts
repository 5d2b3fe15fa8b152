/** Runs the suite on a runtime and records which cases pass. */
import type { Running } from './processes.ts'
import { type Case, Site } from './suite/site.ts'
import { suite } from './suite.ts'

/** The outcome of each case: undefined if it passed, otherwise the error. */
export type Outcomes = ReadonlyMap<Case, Error | undefined>

/** The application itself, and the same inside the linter. */
const PREFIXES = ['', '/linted']
/** Number of cases that run concurrently. */
const AT_ONCE = 6

/**
 * Runs every case. `patience` is the time in milliseconds after which a case fails. The default is far longer than any
 * case takes on a busy machine.
 */
export async function measure(
  { origin, output }: Running,
  patience: (each: Case) => number = () => 20_000,
): Promise<Outcomes> {
  const sites = PREFIXES.map((prefix) => new Site(origin, prefix, output))
  const outcomes = new Map<Case, Error | undefined>(suite.map((each) => [each, undefined]))
  const waiting = suite.values()
  const work = async () => {
    for (const each of waiting) outcomes.set(each, await outcomeOf(each, sites, patience(each)))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return outcomes
}

async function outcomeOf(
  { run }: Case,
  sites: readonly Site[],
  patience: number,
): Promise<Error | undefined> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`nothing happened for ${patience} ms`)), patience)
  try {
    for (const site of sites) await Promise.race([run(site), late])
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    clearTimeout(timer)
  }
}
