import type { Counters, ProcessStats } from './metrics.ts'
import { BUCKETS, type RouteDurations } from './route-durations.ts'

/** The JSON that the statistics address serves. Durations are in milliseconds unless stated otherwise. */
export interface StatsReport {
  readonly version: string
  /** The process id of the master, or of the single process. */
  readonly pid: number
  /** Seconds. */
  readonly uptime: number
  /** Number of connections waiting for a worker. */
  readonly waiting: number
  /** Number of workers killed because their event loop was blocked. */
  readonly heartbeatKills: number
  /** Number of times that a worker has stopped responding. */
  readonly unresponsive: number
  /** Number of workers started to replace others. */
  readonly restarts: number
  /** The counters of all workers, including those that have exited. */
  readonly total: Counters
  /** The durations of finished requests. */
  readonly routes: readonly RouteDurations[]
  readonly workers: readonly WorkerReport[]
}

export interface WorkerReport extends ProcessStats {
  readonly id: number
  readonly pid: number
  readonly state: (typeof STATES)[number]
  /** Seconds. */
  readonly uptime: number
}

const STATES = ['booting', 'serving', 'unresponsive', 'retiring'] as const

/** Whether requests can be served, and the names of the resources that are not ready. */
export interface Readiness {
  readonly ready: boolean
  readonly failed: readonly string[]
}

/** Formats a report for Prometheus (text format 0.0.4). */
export function prometheus(report: StatsReport): string {
  const { total, workers } = report
  const lines: string[] = []
  const metric = (
    name: string,
    type: string,
    help: string,
    values: readonly (readonly [string, number])[],
  ) => {
    lines.push(`# HELP tsgi_${name} ${help}`, `# TYPE tsgi_${name} ${type}`)
    for (const [labels, value] of values) lines.push(`tsgi_${name}${labels} ${value}`)
  }
  const each = (value: (worker: WorkerReport) => number) =>
    workers.map((worker) => [`{worker="${worker.id}",pid="${worker.pid}"}`, value(worker)] as const)

  metric('requests_total', 'counter', 'Requests that reached the application.', [['', total.requests]])
  metric('requests_shed_total', 'counter', 'Requests rejected because a process was overloaded.', [
    ['', total.shed],
  ])
  metric('exceptions_total', 'counter', 'Errors reported.', [['', total.exceptions]])
  metric('deadline_kills_total', 'counter', 'Requests that exceeded the request timeout.', [
    ['', total.deadlineKills],
  ])
  metric('heartbeat_kills_total', 'counter', 'Workers killed because their event loop was blocked.', [
    ['', report.heartbeatKills],
  ])
  metric('unresponsive_workers_total', 'counter', 'Times that a worker has stopped responding.', [
    ['', report.unresponsive],
  ])
  metric('worker_restarts_total', 'counter', 'Workers started to replace others.', [['', report.restarts]])
  metric('connections_waiting', 'gauge', 'Connections waiting for a worker.', [['', report.waiting]])
  metric('uptime_seconds', 'gauge', 'Time since the server started.', [['', report.uptime]])
  metric(
    'workers',
    'gauge',
    'Workers by state.',
    STATES.map((state) => [`{state="${state}"}`, workers.filter((worker) => worker.state === state).length]),
  )
  metric(
    'requests_in_flight',
    'gauge',
    'Requests in flight.',
    each(({ inFlight }) => inFlight),
  )
  metric(
    'websockets',
    'gauge',
    'Open WebSockets.',
    each(({ webSockets }) => webSockets),
  )
  metric('websocket_messages_total', 'counter', 'Messages of WebSockets.', [
    ['{direction="in"}', total.messagesReceived],
    ['{direction="out"}', total.messagesSent],
  ])
  metric(
    'worker_rss_bytes',
    'gauge',
    'Resident memory of a worker.',
    each(({ rss }) => rss),
  )
  metric(
    'event_loop_delay_seconds',
    'gauge',
    'Longest delay of a timer in the last second.',
    each(({ eventLoopDelay }) => eventLoopDelay.max / 1000),
  )
  metric(
    'http_request_duration_seconds',
    'histogram',
    'Time from the start of a request to the end of its response.',
    report.routes.flatMap(histogram),
  )
  return `${lines.join('\n')}\n`
}

function histogram({ method, route, status, sum, counts }: RouteDurations): [string, number][] {
  const labels = `method="${method}",route="${escapeLabel(route)}",status="${status}"`
  let total = 0
  const buckets = counts.map((count, at): [string, number] => {
    total += count
    return [`_bucket{${labels},le="${BUCKETS[at] ?? '+Inf'}"}`, total]
  })
  return [...buckets, [`_sum{${labels}}`, sum], [`_count{${labels}}`, total]]
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
