/**
 * Measures the gain of an HTTP engine of our own, step by step: `node bench/engine/measure.ts`. Needs wrk and takes less than
 * three minutes. Warns if the figures scatter. `--quick` runs one round, to check that it works.
 */
import { availableParallelism } from 'node:os'
import { canPin, StepProcess } from './step-process.ts'
import { loads, steps } from './steps.ts'
import { Wrk } from './wrk.ts'

const ROUNDS = process.argv.includes('--quick') ? 1 : 4
/** Number of rounds. Each takes half a minute, more on a busy machine. */
const LAST_START = performance.now() + 130_000

interface Sample {
  /** CPU time per request in microseconds. */
  readonly cpu: number
  readonly perSecond: number
}

using processes = new DisposableStack()
const servers: StepProcess[] = []
for (const step of steps) servers.push(processes.use(await StepProcess.start(step)))
const wrks = loads.map((load) => processes.use(new Wrk(load)))
const samples = servers.map(() => loads.map((): Sample[] => []))

// The first round is the warm-up.
for (let round = -1; round < ROUNDS && performance.now() < LAST_START; round++) {
  for (const [column, load] of loads.entries()) {
    for (const [row, server] of servers.entries()) {
      if (round === -1) await server.check(load)
      const before = await server.cpu()
      const requests = await wrks[column]!.load(server.port, 1)
      const cpu = ((await server.cpu()) - before) / requests
      if (round >= 0) samples[row]![column]!.push({ cpu, perSecond: requests })
    }
  }
  process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`)
}

for (const [column, load] of loads.entries()) {
  const median = (row: number, of: keyof Sample) => middle(samples[row]![column]!.map((sample) => sample[of]))
  console.log(`\n${load.title}, ${load.request.length} bytes`)
  console.table(
    Object.fromEntries(
      steps.map(({ title }, row) => {
        const values = samples[row]![column]!.map(({ cpu }) => cpu)
        return [
          title,
          {
            'CPU µs': median(row, 'cpu').toFixed(2),
            'from–to': `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`,
            'requests/s': Math.round(median(row, 'perSecond')),
            'gain on node:http': (median(0, 'cpu') / median(row, 'cpu')).toFixed(2),
            'on @tsgi/server': (median(1, 'cpu') / median(row, 'cpu')).toFixed(2),
          },
        ]
      }),
    ),
  )
}
console.log(
  `Node ${process.version}, ${samples[0]![0]!.length} rounds of 1 s; ${availableParallelism()} processors, ${canPin ? 'server on 0 and wrk on 1' : 'not pinned'}.`,
)

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.trunc(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
