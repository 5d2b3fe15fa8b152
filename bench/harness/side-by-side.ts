/** A work that starts programs and measures each in its own way. */
import { type RunningContender, type StartOptions, startContender } from './contender.ts'
import { contendersOf } from './contenders.ts'
import { type Figure, type Row, type RunOptions, roundsOf, type Target, type Work } from './work.ts'

export type Measured = Omit<Figure, 'values'> & { value: number }

export interface Measurement {
  /** The figures by name. Every measurement has the same names. */
  figures: Record<string, Measured>
  /** Number of failed requests. */
  errors: number
}

export interface SideBySide<Prepared> {
  name: string
  about: string
  headline: string
  targets: Target[]
  notes: string[]
  /** Number of rounds. Default: 5. */
  rounds?: number
  /** The frameworks that can do the work. Default: all. */
  frameworks?: readonly string[]
  /** Rejects if the responses are not as expected. */
  check(running: RunningContender): Promise<void>
  /** Warms the process up. The result is passed to the measurement. */
  prepare(running: RunningContender): Promise<Prepared>
  measure(running: RunningContender, prepared: Prepared): Promise<Measurement>
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
    run: async (options) => ({ rows: await runRounds(definition, options), notes: [...notes] }),
    async checkContender(contender, options) {
      await using running = await startContender(contender, name, options)
      await definition.check(running)
    },
  }
}

/** Measures every contender in turn, round after round, each time in a new process. */
async function runRounds<Prepared>(
  { name, rounds: usual = 5, check, prepare, measure }: SideBySide<Prepared>,
  options: RunOptions,
): Promise<Row[]> {
  const { node, only, progress } = options
  const rounds = roundsOf(options, usual)
  const rows = contendersOf(name, only).map(({ name }): Row => ({ contender: name, figures: {}, errors: 0 }))
  for (let round = 1; round <= rounds; round++) {
    for (const row of rows) {
      progress(`${name}: round ${round} of ${rounds}, ${row.contender}`)
      await using running = await startContender(row.contender, name, { node })
      await check(running)
      add(row, await measure(running, await prepare(running)))
    }
  }
  return rows
}

function add(row: Row, { figures, errors }: Measurement): void {
  for (const [name, { value, ...figure }] of Object.entries(figures)) {
    row.figures[name] ??= { ...figure, values: [] }
    row.figures[name].values.push(value)
  }
  row.errors += errors
}
