/**
 * A work with its own measurement. Starts every contender's program and measures them in turn, round after round.
 */
import { type RunningContender, type StartOptions, startContender } from './contender.ts'
import { contendersOf } from './contenders.ts'
import type { Figure, Row, RunOptions, Target, Work } from './work.ts'

export type Measured = Omit<Figure, 'values'> & { value: number }

export interface Measurement {
  /** The figures by name. Every measurement has the same names. */
  figures: Record<string, Measured>
  /** Number of failed requests. Default: 0. */
  errors?: number
}

export interface SideBySide<Prepared> {
  name: string
  about: string
  headline: string
  targets: Target[]
  notes: string[]
  rounds: { full: number; quick: number }
  /** The frameworks that can do the work. Default: all. */
  frameworks?: readonly string[]
  /** Starts a new process for each measurement, for figures such as memory that depend on earlier ones. Default: false. */
  fresh?: boolean
  /** Rejects if the responses are not as expected. */
  check(running: RunningContender): Promise<void>
  /** Warms the process up. The result is passed to the measurements. */
  prepare(running: RunningContender): Promise<Prepared>
  measure(running: RunningContender, prepared: Prepared): Promise<Measurement>
  /** Measures what is measured once, after the rounds. */
  finish?(running: RunningContender, prepared: Prepared): Promise<Measurement>
}

export interface SideBySideWork extends Work {
  /** The frameworks that must have a program; undefined for all. */
  frameworks: readonly string[] | undefined
  /** Starts the contender's program and checks its responses without measuring. */
  checkContender(contender: string, options?: StartOptions): Promise<void>
}

/** Creates a work from a measurement. */
export function sideBySide<Prepared>(definition: SideBySide<Prepared>): SideBySideWork {
  const { name, about, headline, targets, notes, frameworks } = definition
  return {
    name,
    frameworks,
    about,
    headline,
    targets,
    async run(options) {
      const rows = definition.fresh ? await runFresh(definition, options) : await runKept(definition, options)
      return { rows, notes }
    },
    async checkContender(contender, options) {
      await using running = await startContender(contender, name, options)
      await definition.check(running)
    },
  }
}

/** Starts every contender once. */
async function runKept<Prepared>(
  definition: SideBySide<Prepared>,
  { quick, progress }: RunOptions,
): Promise<Row[]> {
  const { name } = definition
  await using stack = new AsyncDisposableStack()
  const entrants: { running: RunningContender; prepared: Prepared; row: Row }[] = []
  for (const { name: contender } of contendersOf(name)) {
    progress(`${name}: starting ${contender}`)
    const running = stack.use(await startContender(contender, name))
    await definition.check(running)
    const prepared = await definition.prepare(running)
    entrants.push({ running, prepared, row: { contender, figures: {}, errors: 0 } })
  }
  const rounds = quick ? definition.rounds.quick : definition.rounds.full
  for (let round = 1; round <= rounds; round++) {
    for (const { running, prepared, row } of entrants) {
      progress(`${name}: round ${round} of ${rounds}, ${running.name}`)
      add(row, await definition.measure(running, prepared))
    }
  }
  for (const { running, prepared, row } of entrants) {
    if (definition.finish === undefined) break
    progress(`${name}: the last of ${running.name}`)
    add(row, await definition.finish(running, prepared))
  }
  return entrants.map(({ row }) => row)
}

/** Starts every contender again for each measurement. */
async function runFresh<Prepared>(
  definition: SideBySide<Prepared>,
  { quick, progress }: RunOptions,
): Promise<Row[]> {
  const { name } = definition
  const rows: Row[] = contendersOf(name).map(({ name }) => ({ contender: name, figures: {}, errors: 0 }))
  const rounds = quick ? definition.rounds.quick : definition.rounds.full
  for (let round = 1; round <= rounds; round++) {
    for (const row of rows) {
      progress(`${name}: round ${round} of ${rounds}, ${row.contender}`)
      await using running = await startContender(row.contender, name)
      await definition.check(running)
      const prepared = await definition.prepare(running)
      add(row, await definition.measure(running, prepared))
      if (definition.finish !== undefined) add(row, await definition.finish(running, prepared))
    }
  }
  return rows
}

function add(row: Row, { figures, errors = 0 }: Measurement): void {
  for (const [name, { value, ...figure }] of Object.entries(figures)) {
    const known = row.figures[name]
    if (known === undefined) row.figures[name] = { ...figure, values: [value] }
    else known.values.push(value)
  }
  row.errors += errors
}
