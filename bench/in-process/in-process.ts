/** A work that needs no server. It is measured in a new process each round, because a process keeps its pace. */
import { once } from 'node:events'
import { join } from 'node:path'
import { pinning, startProcess } from '../harness/processes.ts'
import { median } from '../harness/statistics.ts'
import { type Row, roundsOf, type Target, type Work } from '../harness/work.ts'

export interface InProcess {
  /** The name of the work, and of its module in this folder, which exports a {@link MeasureRows} as `measureRows`. */
  name: string
  about: string
  headline: string
  targets: Target[]
  notes: string[]
}

/** Measures all contenders, alternating between them. */
export type MeasureRows = (isQuick: boolean) => Promise<Row[]>

export function inProcess({ notes, ...definition }: InProcess): Work {
  const { name } = definition
  return {
    ...definition,
    async run(options) {
      const rounds = roundsOf(options, 5)
      const all: Row[][] = []
      for (let round = 1; round <= rounds; round++) {
        options.progress(`${name}: round ${round} of ${rounds}`)
        all.push(await measuredRows(name, options.node, options.quick))
      }
      return { rows: merged(all), notes: [...notes] }
    },
  }
}

/** Returns the rows of the first process, with one value from each process: the median of those it measured. */
export function merged(all: readonly (readonly Row[])[]): Row[] {
  return all[0]!.map((row, index) => ({
    ...row,
    figures: Object.fromEntries(
      Object.entries(row.figures).map(([name, figure]) => [
        name,
        { ...figure, values: all.map((rows) => median(rows[index]!.figures[name]!.values)) },
      ]),
    ),
    errors: all.reduce((sum, rows) => sum + rows[index]!.errors, 0),
  }))
}

async function measuredRows(name: string, node: string, isQuick: boolean): Promise<Row[]> {
  const program = join(import.meta.dirname, 'process.ts')
  const child = startProcess(node, [program, name, ...(isQuick ? ['quick'] : [])], {
    core: pinning.server,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let rows: Row[] | undefined
  child.on('message', (message) => {
    rows = message as Row[]
  })
  const [code] = await once(child, 'close')
  if (rows === undefined) throw new Error(`the process of ${name} ended with code ${code}`)
  return rows
}
