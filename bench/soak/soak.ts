/**
 * Runs mixed hostile and normal traffic against `tsgi serve --workers 2` while the server is disturbed, counts the
 * requests that well-behaved clients lose, and samples the memory and file descriptors of each process.
 *
 * Usage: node bench/soak/soak.ts [DURATION] [ENGINE], for example 2m tsgi. Default: 10m node.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseDuration } from '@tsgi/core/options'
import { runClients } from './clients.ts'
import { all, gentle } from './disturbances.ts'
import { runHostile } from './hostile.ts'
import { Ledger } from './ledger.ts'
import { memoryTrends } from './memory.ts'
import { type ProcessSample, SoakServer } from './server.ts'

const [argument = '10m', engine = 'node'] = process.argv.slice(2)
const duration = parseDuration(argument)
if (duration === undefined) throw new Error(`DURATION must be a duration such as 2m, got '${argument}'`)

/** The part of the time in which workers are replaced. After it, the same workers run until the end. */
const REPLACING = 0.4
const PAUSE_MS = 2_000
/** Milliseconds for connections to end after the clients have left. */
const QUIET_MS = 8_000

const ledger = new Ledger()
const server = new SoakServer(2, engine, ledger)
const port = await server.port()
const stopping = new AbortController()
const begun = performance.now()
const begunAt = Date.now()
const elapsed = () => performance.now() - begun
const first = await sample()

const traffic = Promise.all([
  runClients(port, ledger, stopping.signal),
  runHostile(port, stopping.signal),
  sampleUntilStopped(duration / 20),
])
await disturb()
const endedAt = Date.now()
stopping.abort()
await traffic
await sleep(QUIET_MS)
const last = await sample()
const heapSamples = server.heapSamples()
const code = await server.stop()
report()

async function disturb(): Promise<void> {
  let isLogOpen = true
  for (let n = 0; elapsed() < duration!; n++) {
    if (isLogOpen && elapsed() > duration! / 2) {
      print('the reader of the access log leaves')
      server.closeLog()
      isLogOpen = false
    }
    const list = elapsed() < duration! * REPLACING ? all : gentle
    const [name, run] = list[n % list.length]!
    print(name)
    await run({ server, port, ledger })
    await sleep(PAUSE_MS)
  }
}

async function sampleUntilStopped(interval: number): Promise<void> {
  while (!stopping.signal.aborted) {
    await sleep(interval, undefined, { signal: stopping.signal }).catch(() => {})
    await sample()
  }
}

async function sample(): Promise<ProcessSample[]> {
  const samples = await server.samples()
  const cells = samples.map(({ name, memory, descriptors }) => `${name} ${memory} MiB ${descriptors} fds`)
  print(`${ledger.answered} answered, ${total(ledger.lost)} lost | ${cells.join(' | ')}`)
  return samples
}

function report(): void {
  const [before, after] = [first, last].map((samples) => samples.find(({ name }) => name === 'master')!)
  const lines = [
    `${ledger.answered} requests answered, ${total(ledger.lost)} lost`,
    ...[...ledger.lost].map(([problem, count]) => `  lost: ${problem}: ${count}`),
    ...[...ledger.expected].map(([reason, count]) => `  not counted: ${count} ${reason}`),
    `master: ${before!.memory} → ${after!.memory} MiB, ${before!.descriptors} → ${after!.descriptors} file descriptors`,
    ...memoryTrends(heapSamples, begunAt + duration! * REPLACING, endedAt),
    `exit code ${code}`,
    'standard error of the server:',
    ...summary(server.errors).map(([line, count]) => `  ${count} × ${line}`),
  ]
  console.log(lines.join('\n'))
  process.exitCode = ledger.lost.size === 0 && code === 0 ? 0 : 1
}

/** Counts lines that differ only in numbers. */
function summary(output: string): [string, number][] {
  const lines = output.split('\n').filter((line) => line !== '' && !/^\s/.test(line))
  const groups = Map.groupBy(lines, (line) => line.replaceAll(/\d+/g, 'N'))
  return [...groups].map(([, same]) => [same[0]!, same.length])
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

function print(line: string): void {
  console.log(`${(elapsed() / 1_000).toFixed(0).padStart(4)} s  ${line}`)
}
