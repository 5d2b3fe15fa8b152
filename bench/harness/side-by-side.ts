/**
 * A work with a measurement of its own: every contender's program is started, and measured in turn, round after round.
 */
import { type RunningContender, type StartOptions, startContender } from './contender.ts'
import { contendersOf } from './contenders.ts'
import type { Figure, Row, RunOptions, Target, Work } from './work.ts'

export type Measured = Omit<Figure, 'values'> & { value: number }

export interface Measurement {
  /** The same names every time. */
  figures: Record<string, Measured>
  /** Requests that failed. Default 0. */
  errors?: number
}

export interface SideBySide<Prepared> {
  name: string
  about: string
  headline: string
  targets: Target[]
  notes: string[]
  rounds: { full: number; quick: number }
  /** A process of its own for each measurement, where one would show in the next, as memory does. Default false. */
  fresh?: boolean
  /** Fails where the answers are not what every contender must answer. */
  check(running: RunningContender): Promise<void>
  /** Warms the process up; what it gives is passed on to the measurements. */
  prepare(running: RunningContender): Promise<Prepared>
  measure(running: RunningContender, prepared: Prepared): Promise<Measurement>
  /** What is measured once, after the rounds. */
  finish?(running: RunningContender, prepared: Prepared): Promise<Measurement>
}

export interface SideBySideWork extends Work {
  /** Starts the contender's program and checks its answers, without timing it. */
  checkContender(contender: string, options?: StartOptions): Promise<void>
}

/** Makes a work of a measurement. */
export function sideBySide<Prepared>(definition: SideBySide<Prepared>): SideBySideWork {
  const { name, about, headline, targets, notes } = definition
  return {
    name,
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

/** All of them started once. */
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

/** Each started again for each measurement. */
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
