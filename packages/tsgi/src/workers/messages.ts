/** The messages between the master and its workers. */
import type { ServeSettings } from '../config/settings.ts'
import type { ProcessStats } from '../statistics/metrics.ts'
import type { RouteDurations } from '../statistics/route-durations.ts'
import type { RelayEvent, RelayRequest } from './relay/relay-messages.ts'

/** A message in its envelope: applications and their libraries send messages, too. */
export interface Envelope<Message> {
  readonly tsgi?: Message
}

export type MasterMessage =
  /** Load the application and serve it on the addresses of the master. */
  | {
      readonly type: 'start'
      readonly settings: ServeSettings
      readonly addresses: readonly string[]
      /** In `tsgi dev`. If there is a problem, show it instead of the application. */
      readonly development: { readonly problem?: string | undefined } | undefined
    }
  /**
   * Serve the connection that comes with this message. `at` is the index of its address. After the time `until`, another
   * worker may have it: return it instead.
   */
  | { readonly type: 'connection'; readonly id: number; readonly at: number; readonly until: number }
  /** Reply with a `pong`. */
  | { readonly type: 'ping' }
  /** Reply with a `checked`. */
  | { readonly type: 'check' }
  /** An event of the channels. */
  | { readonly type: 'relay'; readonly event: RelayEvent }
  /** Fail the health check: the server is about to stop. */
  | { readonly type: 'unready' }
  /** Finish all requests and connections, then exit: another worker has taken over. */
  | { readonly type: 'retire' }
  /** Stop gracefully, then exit. */
  | { readonly type: 'stop' }

/** The line that a watchdog writes before it kills its process, because a blocked event loop cannot send messages. */
export interface LastWords {
  /** Milliseconds. */
  readonly blocked: number
  /** Method and path of the requests in flight, the latest first. */
  readonly requests: readonly string[]
}

/** The file descriptor of the pipe for {@link LastWords}. */
export const LAST_WORDS_FD = 4

export type WorkerMessage =
  /** The application is loaded. */
  | { readonly type: 'ready'; readonly routes?: string; readonly isDebugged: boolean }
  /** The application is loaded, and its resources start. `stopLimit` is the maximum time to stop them, in milliseconds. */
  | { readonly type: 'starting'; readonly stopLimit: number }
  /** Resources have not started after some seconds, or had to be started by a request. */
  | { readonly type: 'late'; readonly names: readonly string[]; readonly isWaiting: boolean }
  /** The reply to a `check`: the names of the resources that are not ready. */
  | { readonly type: 'checked'; readonly failed: readonly string[] }
  /** In development: a module was loaded from this file. */
  | { readonly type: 'loaded'; readonly file: string }
  /** A connection has arrived. */
  | { readonly type: 'taken'; readonly id: number }
  /** A connection has arrived too late. */
  | { readonly type: 'returned'; readonly id: number }
  /** The reply to a `ping`. All messages before it have been received. */
  | { readonly type: 'pong' }
  /**
   * The statistics of the process: every second if the master serves them, and before it exits. `durations` are those since
   * the previous message.
   */
  | {
      readonly type: 'stats'
      readonly stats: ProcessStats
      readonly durations: readonly RouteDurations[]
    }
  /** A request of the channels. */
  | { readonly type: 'relay'; readonly request: RelayRequest }
  /** The process exits. */
  | { readonly type: 'bye' }
  /** The worker asks to be replaced. */
  | { readonly type: 'replace'; readonly reason: string }

/** The reason of a worker whose application has thrown outside of a request. */
export const UNCAUGHT = 'uncaught exception'

/** The default of `heartbeatTimeout` in milliseconds. */
export const HEARTBEAT_MS = 30_000

/** Sends a message from a worker to the master. Calls `done` when it is sent, or if there is no master. */
export function tellMaster(message: WorkerMessage, done: () => void = () => {}): void {
  const envelope: Envelope<WorkerMessage> = { tsgi: message }
  if (process.connected) process.send!(envelope, undefined, {}, done)
  else done()
}

/** Returns milliseconds on the clock that all processes of a machine share. */
export function monotonicTime(): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}
