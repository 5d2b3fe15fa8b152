import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks'
import type { ErrorLog, Finished } from '@tsgi/core'
import type { ObservedExchange, ObservedRequest, Observer } from '@tsgi/core/gateway'
import type { DrainableServer } from '@tsgi/server/process'
import { memoryInUse } from './memory.ts'
import { DurationsByRoute } from './route-durations.ts'

/** The counters of a process. */
export interface Counters {
  /** Requests that reached the application. */
  readonly requests: number
  /** Requests rejected because of `maxInFlight` or `maxEventLoopDelay`. */
  readonly shed: number
  /** Errors reported to `errors`. */
  readonly exceptions: number
  /** Requests that exceeded `requestTimeout`. */
  readonly deadlineKills: number
  /** Messages of WebSockets. */
  readonly messagesReceived: number
  readonly messagesSent: number
}

/** The statistics of a process. Durations are in milliseconds. */
export interface ProcessStats extends Counters {
  readonly inFlight: number
  /** Open WebSockets. */
  readonly webSockets: number
  /** Bytes. */
  readonly rss: number
  /** Durations of the requests of the last 30 to 60 seconds. */
  readonly duration: {
    readonly average: number
    readonly p50: number
    readonly p95: number
    readonly p99: number
  }
  /** The delay of timers since the last report. */
  readonly eventLoopDelay: { readonly p99: number; readonly max: number }
}

/** Collects the statistics of a process. */
export class Metrics implements Observer {
  readonly durations: DurationsByRoute = new DurationsByRoute()
  #begun = 0
  #ended = 0
  #shed = 0
  #exceptions = 0
  #deadlineKills = 0
  #recent = createHistogram()
  #before = createHistogram()
  readonly #delay = monitorEventLoopDelay({ resolution: 20 })

  constructor() {
    this.#delay.enable()
    setInterval(() => {
      this.#before = this.#recent
      this.#recent = createHistogram()
    }, WINDOW_MS).unref()
  }

  began(): void {
    this.#begun++
  }

  timedOut(): void {
    this.#deadlineKills++
  }

  ended(exchange: ObservedExchange, { duration }: Finished): void {
    this.#ended++
    this.#recent.record(Math.max(1, Math.round(duration * 1000)))
    this.durations.record(exchange, duration)
  }

  rejected({ isShed }: ObservedRequest): void {
    if (isShed === true) this.#shed++
  }

  /** Returns an error log that counts the errors in it. Lines of text are not errors. */
  counting(errors: ErrorLog): ErrorLog {
    return {
      write: (problem, request) => {
        if (typeof problem !== 'string') this.#exceptions++
        errors.write(problem, request)
      },
    }
  }

  /** @param sockets The WebSockets of the server. */
  stats(sockets: DrainableServer['webSockets'] = NO_SOCKETS): ProcessStats {
    const recent: RecordableHistogram = createHistogram()
    if (this.#before.count > 0) recent.add(this.#before)
    if (this.#recent.count > 0) recent.add(this.#recent)
    const took = (microseconds: number) => (recent.count === 0 ? 0 : round(microseconds / 1000))
    // The measured delay includes the interval of the sampler.
    const late = (nanoseconds: number) =>
      this.#delay.count === 0 ? 0 : round(Math.max(0, nanoseconds / 1e6 - 20))
    const eventLoopDelay = { p99: late(this.#delay.percentile(99)), max: late(this.#delay.max) }
    this.#delay.reset()
    return {
      requests: this.#begun,
      shed: this.#shed,
      inFlight: this.#begun - this.#ended,
      exceptions: this.#exceptions,
      deadlineKills: this.#deadlineKills,
      messagesReceived: sockets.messages.received,
      messagesSent: sockets.messages.sent,
      webSockets: sockets.size,
      rss: memoryInUse(),
      duration: {
        average: took(recent.mean),
        p50: took(recent.percentile(50)),
        p95: took(recent.percentile(95)),
        p99: took(recent.percentile(99)),
      },
      eventLoopDelay,
    }
  }
}

const WINDOW_MS = 30_000
const NO_SOCKETS = { size: 0, messages: { received: 0, sent: 0 } }

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}

/** Adds the counters of two processes. */
export function addCounters(one: Counters, other: Counters): Counters {
  return {
    requests: one.requests + other.requests,
    shed: one.shed + other.shed,
    exceptions: one.exceptions + other.exceptions,
    deadlineKills: one.deadlineKills + other.deadlineKills,
    messagesReceived: one.messagesReceived + other.messagesReceived,
    messagesSent: one.messagesSent + other.messagesSent,
  }
}

export const NO_COUNTERS: Counters = {
  requests: 0,
  shed: 0,
  exceptions: 0,
  deadlineKills: 0,
  messagesReceived: 0,
  messagesSent: 0,
}
