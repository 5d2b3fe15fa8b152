/** The messages between the master and its workers. */
import type { ServeSettings } from '../config/settings.ts'
import type { ProcessStats } from '../statistics/metrics.ts'

export type MasterMessage =
  /** Load the application and serve it on the addresses of the master. */
  | {
      readonly type: 'start'
      readonly settings: ServeSettings
      readonly addresses: readonly string[]
      readonly development: boolean
    }
  /** Serve the connection that comes with this message. `at` is the index of its address. */
  | { readonly type: 'connection'; readonly at: number }
  /** Reply with a `pong`. */
  | { readonly type: 'ping' }
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
  | { readonly type: 'ready'; readonly routes?: string }
  /** In development: a module was loaded from this file. */
  | { readonly type: 'loaded'; readonly file: string }
  /** A connection has arrived. */
  | { readonly type: 'taken' }
  /** The reply to a `ping`. All messages before it have been received. */
  | { readonly type: 'pong' }
  /** The statistics of the process: every second if the master serves them, and before it exits. */
  | { readonly type: 'stats'; readonly stats: ProcessStats }
  /** The process exits. */
  | { readonly type: 'bye' }
  /** The worker asks to be replaced. */
  | { readonly type: 'replace'; readonly reason: string }

/** The default of `heartbeatTimeout` in milliseconds. */
export const HEARTBEAT_MS = 30_000
