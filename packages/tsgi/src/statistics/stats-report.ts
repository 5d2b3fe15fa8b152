import { BUCKETS, type Counters, type ProcessStats } from './metrics.ts'

/** What the stats address answers, as JSON. Times are in milliseconds unless they say otherwise. */
export interface StatsReport {
  readonly version: string
  /** Of the master, or of the one process. */
  readonly pid: number
  /** Seconds. */
  readonly uptime: number
  /** Connections that wait for a worker. */
  readonly waiting: number
  /** Workers killed because their event loop was blocked. */
  readonly heartbeatKills: number
  /** Workers that were started in the place of others. */
  readonly restarts: number
  /** Of all workers, those that have ended too. */
  readonly total: Counters
  readonly workers: readonly WorkerReport[]
}

export interface WorkerReport extends ProcessStats {
  readonly id: number
  readonly pid: number
  readonly state: 'booting' | 'serving' | 'retiring'
  /** Seconds. */
  readonly uptime: number
}

/** The report as Prometheus reads it (its text format, version 0.0.4). */
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

  metric('requests_total', 'counter', 'Requests that have begun.', [['', total.requests]])
  metric('exceptions_total', 'counter', 'Problems reported.', [['', total.exceptions]])
  metric('deadline_kills_total', 'counter', 'Requests given up at the request timeout.', [
    ['', total.deadlineKills],
  ])
  metric('heartbeat_kills_total', 'counter', 'Workers killed with a blocked event loop.', [
    ['', report.heartbeatKills],
  ])
  metric('worker_restarts_total', 'counter', 'Workers started in the place of others.', [
    ['', report.restarts],
  ])
  metric('connections_waiting', 'gauge', 'Connections that wait for a worker.', [['', report.waiting]])
  metric('uptime_seconds', 'gauge', 'Time since the start.', [['', report.uptime]])
  metric(
    'workers',
    'gauge',
    'Workers by state.',
    (['booting', 'serving', 'retiring'] as const).map((state) => [
      `{state="${state}"}`,
      workers.filter((worker) => worker.state === state).length,
    ]),
  )
  metric(
    'requests_in_flight',
    'gauge',
    'Requests without an answer yet.',
    each(({ inFlight }) => inFlight),
  )
  metric(
    'worker_rss_bytes',
    'gauge',
    'Memory in use.',
    each(({ rss }) => rss),
  )
  metric(
    'event_loop_delay_seconds',
    'gauge',
    'The longest delay of a timer in the last second.',
    each(({ eventLoopDelay }) => eventLoopDelay.max / 1000),
  )
  metric(
    'request_duration_seconds',
    'histogram',
    'Time from the request to the end of its response.',
    durations(total),
  )
  return `${lines.join('\n')}\n`
}

function durations({ durationBuckets, durationSum }: Counters): [string, number][] {
  let count = 0
  const buckets = durationBuckets.map((inBucket, at): [string, number] => {
    count += inBucket
    return [`_bucket{le="${BUCKETS[at] ?? '+Inf'}"}`, count]
  })
  return [...buckets, ['_sum', durationSum], ['_count', count]]
}
