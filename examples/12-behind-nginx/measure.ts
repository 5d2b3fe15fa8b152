/**
 * Measures each way from a client to the application: requests per second, and the processor time of Node and nginx per
 * request. Takes about a minute. Needs Linux, nginx and wrk.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import type { Nginx } from './front.ts'
import { openWays, type Way } from './ways.ts'

const run = promisify(execFile)

const ROUNDS = 4
const SECONDS = 2

/** The result of one run: requests per second, and microseconds per request. */
interface Sample {
  readonly rate: number
  readonly node: number
  readonly nginx: number
}

/** Measures one way under load. */
async function load({ url, nginx }: Way, launcher: readonly string[]): Promise<Sample> {
  const before = { node: process.cpuUsage(), nginx: nginx ? workerTime(nginx) : 0 }
  const [command, ...args] = [...launcher, 'wrk', '-t1', '-c64', `-d${SECONDS}s`, url]
  const { stdout } = await run(command!, args)
  const { user, system } = process.cpuUsage(before.node)
  const nginxTime = nginx ? workerTime(nginx) - before.nginx : 0
  const [, requests] = /(\d+) requests in/.exec(stdout) ?? []
  const [, rate] = /Requests\/sec: +([\d.]+)/.exec(stdout) ?? []
  if (rate === undefined || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`)
  const count = Number(requests)
  return { rate: Number(rate), node: (user + system) / count, nginx: nginxTime / count }
}

/** Returns the processor time of nginx's worker in microseconds. Linux counts hundredths of a second. */
function workerTime({ pid }: Nginx): number {
  const [worker] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
  const stat = readFileSync(`/proc/${worker}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}

/** Formats the medians, absolute and relative to the first way. */
function table(ways: readonly Way[], samples: ReadonlyMap<Way, readonly Sample[]>): string {
  const rows = ways.map((way) => {
    const middle = (key: keyof Sample) => median(samples.get(way)!.map((sample) => sample[key]))
    return { name: way.name, rate: middle('rate'), node: middle('node'), nginx: middle('nginx') }
  })
  const [first] = rows
  const cells = rows.map(({ name, rate, node, nginx }) => [
    name,
    String(Math.round(rate / 100) * 100),
    (rate / first!.rate).toFixed(2),
    node.toFixed(1),
    (node / first!.node).toFixed(2),
    nginx === 0 ? '–' : nginx.toFixed(1),
  ])
  const header = ['', 'requests/s', '', 'Node, µs/request', '', 'nginx, µs/request']
  const lines = [header, ['---', '---:', '---:', '---:', '---:', '---:'], ...cells]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** @throws Error if wrk is not installed. */
async function requireWrk(): Promise<void> {
  // `wrk -v` exits with status 1.
  const error = await run('wrk', ['-v']).catch((error: NodeJS.ErrnoException) => error)
  if ('code' in error && error.code === 'ENOENT') throw new Error('wrk is not installed: apt-get install wrk')
}

/** Pins this program to the first processor. Returns the commands that pin the others elsewhere. */
async function pin(): Promise<{ nginx: string[]; wrk: string[] }> {
  const processors = availableParallelism()
  if (processors > 1) {
    try {
      await run('taskset', ['-a', '-c', '-p', '0', String(process.pid)])
      const last = Math.min(processors - 1, 2)
      return { nginx: ['taskset', '-c', '1'], wrk: ['taskset', '-c', String(last)] }
    } catch {
      // taskset is not installed.
    }
  }
  console.error(
    'The programs are not pinned to processors (only one processor, or no taskset): the figures vary more.',
  )
  return { nginx: [], wrk: [] }
}

await requireWrk()
await using started = new AsyncDisposableStack()
const launchers = await pin()
const ways = await openWays(started, launchers.nginx)
const samples = new Map(ways.map((way): [Way, Sample[]] => [way, []]))
// The first round is a warm-up. The ways alternate, so that other load on the machine affects all of them.
for (let round = 0; round <= ROUNDS; round++) {
  for (const way of ways) {
    const sample = await load(way, launchers.wrk)
    if (round > 0) samples.get(way)!.push(sample)
  }
}
console.log(table(ways, samples))
