import { version } from '../console/version.ts'
import { addCounters, type Counters, NO_COUNTERS, type ProcessStats } from './metrics.ts'
import { DurationsByRoute, type RouteDurations } from './route-durations.ts'
import type { StatsReport, WorkerReport } from './stats-report.ts'

/** The part of a worker that a report needs. */
export interface ReportedWorker extends Pick<WorkerReport, 'id' | 'state'> {
  readonly pid: number | undefined
  /** Time from `performance.now()`. */
  readonly startedAt: number
}

/** The statistics of all workers: the latest of each, and the totals of those that have exited. */
export class WorkerMetrics {
  heartbeatKills = 0
  unresponsive = 0
  restarts = 0
  #ended: Counters = NO_COUNTERS
  readonly #latest = new Map<ReportedWorker, ProcessStats>()
  readonly #durations = new DurationsByRoute()

  /** @param durations Those since the previous call. */
  update(worker: ReportedWorker, stats: ProcessStats, durations: readonly RouteDurations[]): void {
    this.#latest.set(worker, stats)
    this.#durations.add(durations)
  }

  ended(worker: ReportedWorker): void {
    const stats = this.#latest.get(worker)
    if (stats === undefined) return
    this.#latest.delete(worker)
    this.#ended = addCounters(this.#ended, stats)
  }

  report(workers: Iterable<ReportedWorker>, waiting: number): StatsReport {
    let total = this.#ended
    for (const stats of this.#latest.values()) total = addCounters(total, stats)
    return {
      version,
      pid: process.pid,
      uptime: process.uptime(),
      waiting,
      heartbeatKills: this.heartbeatKills,
      unresponsive: this.unresponsive,
      restarts: this.restarts,
      total,
      routes: this.#durations.values(),
      workers: [...workers].map((worker) => ({
        ...NOTHING,
        ...this.#latest.get(worker),
        id: worker.id,
        pid: worker.pid ?? 0,
        state: worker.state,
        uptime: (performance.now() - worker.startedAt) / 1000,
      })),
    }
  }
}

/** The statistics of a worker that has not sent any yet. */
const NOTHING: ProcessStats = {
  ...NO_COUNTERS,
  inFlight: 0,
  webSockets: 0,
  rss: 0,
  duration: { average: 0, p50: 0, p95: 0, p99: 0 },
  eventLoopDelay: { p99: 0, max: 0 },
}
