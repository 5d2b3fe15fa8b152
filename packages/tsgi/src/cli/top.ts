import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError } from '../console/command-error.ts'
import { parseCommandLine } from '../console/command-line.ts'
import type { StatsReport, WorkerReport } from '../statistics/stats-report.ts'

export const usage = `tsgi top [ADDRESS]

Shows the statistics of 'tsgi serve --stats ADDRESS', refreshed every second (default: 127.0.0.1:9191). If standard output
is not a terminal, prints them once.
`

/** `tsgi top`: shows the statistics of a server as a table. */
export async function run(args: readonly string[]): Promise<void> {
  const { positionals } = parseCommandLine('top', args)
  const [address = '127.0.0.1:9191'] = positionals
  if (positionals.length > 1) throw new CommandError(`top takes one ADDRESS, got ${positionals.length}`, 2)
  const url = URL.parse(/^https?:/.test(address) ? address : `http://${address}`)
  if (url === null) throw new CommandError(`top: ADDRESS must be HOST:PORT, got '${address}'`, 2)
  let previous: StatsReport | undefined
  for (;;) {
    const report = await read(url)
    const table = formatTop(report, previous)
    if (!process.stdout.isTTY) {
      process.stdout.write(table)
      return
    }
    process.stdout.write(`\x1b[H\x1b[2J${table}\nPress Ctrl-C to quit.\n`)
    previous = report
    await sleep(1_000)
  }
}

async function read(url: URL): Promise<StatsReport> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return (await response.json()) as StatsReport
  } catch (cause) {
    const { message } = ((cause as Error).cause as Error | undefined) ?? (cause as Error)
    throw new CommandError(`no statistics from ${url.host}: ${message}`, 1, { cause })
  }
}

const COLUMNS: readonly (readonly [title: string, cell: (worker: WorkerReport, rate: string) => string])[] = [
  ['WORKER', ({ id }) => `${id}`],
  ['PID', ({ pid }) => `${pid}`],
  ['STATE', ({ state }) => state],
  ['UP', ({ uptime }) => duration(uptime)],
  ['REQUESTS', ({ requests }) => `${requests}`],
  ['REQ/S', (_, rate) => rate],
  ['FLIGHT', ({ inFlight }) => `${inFlight}`],
  ['EXC', ({ exceptions }) => `${exceptions}`],
  ['503', ({ deadlineKills }) => `${deadlineKills}`],
  ['SHED', ({ shed }) => `${shed}`],
  ['RSS MIB', ({ rss }) => (rss / 1024 / 1024).toFixed(0)],
  ['AVG MS', ({ duration }) => duration.average.toFixed(1)],
  ['P50', ({ duration }) => duration.p50.toFixed(1)],
  ['P95', ({ duration }) => duration.p95.toFixed(1)],
  ['P99', ({ duration }) => duration.p99.toFixed(1)],
  ['LOOP MS', ({ eventLoopDelay }) => eventLoopDelay.max.toFixed(1)],
]

/** Formats a report as a table. Requests per second are counted since the previous report. */
export function formatTop(report: StatsReport, previous: StatsReport | undefined): string {
  const seconds = previous === undefined ? 0 : report.uptime - previous.uptime
  const rate = (now: number, before: number | undefined) =>
    before === undefined || seconds <= 0 ? '-' : (Math.max(0, now - before) / seconds).toFixed(0)
  const rows = report.workers.map((worker) => {
    const before = previous?.workers.find(({ pid }) => pid === worker.pid)
    return COLUMNS.map(([, cell]) => cell(worker, rate(worker.requests, before?.requests)))
  })
  const table = [COLUMNS.map(([title]) => title), ...rows]
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  const lines = table.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  '))
  const { pid, uptime, waiting, restarts, heartbeatKills, total } = report
  return [
    `tsgi ${report.version}  pid ${pid}  up ${duration(uptime)}  ${total.requests} requests (${rate(total.requests, previous?.total.requests)}/s)`,
    `${waiting} connections waiting  ${restarts} workers restarted  ${heartbeatKills} killed`,
    '',
    ...lines,
    '',
  ].join('\n')
}

function duration(seconds: number): string {
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)]
  if (hours >= 48) return `${Math.floor(hours / 24)}d${hours % 24}h`
  if (hours > 0) return `${hours}h${minutes % 60}m`
  return minutes > 0 ? `${minutes}m${Math.floor(seconds % 60)}s` : `${Math.floor(seconds)}s`
}
