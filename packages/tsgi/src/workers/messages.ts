/** What the master and a worker say to each other. */

import type { ServeSettings } from '../config/settings.ts'
import type { ProcessStats } from '../statistics/metrics.ts'

export type MasterMessage =
  /** Load the application and serve it; `addresses` are those that the master listens on. */
  | {
      readonly type: 'start'
      readonly settings: ServeSettings
      readonly addresses: readonly string[]
      readonly development: boolean
    }
  /** A connection comes with this message, from the address at this index. */
  | { readonly type: 'connection'; readonly at: number }
  /** Tell balancers that the server is about to stop. */
  | { readonly type: 'unready' }
  /** Finish what clients have begun, then exit: another worker serves now. */
  | { readonly type: 'retire' }
  /** Stop gracefully, then exit. */
  | { readonly type: 'stop' }

/** What a worker's watchdog writes before it ends the process, whose channel it cannot use. */
export interface LastWords {
  /** Milliseconds. */
  readonly blocked: number
  /** Method and path of those in flight, the latest first. */
  readonly requests: readonly string[]
}

/** The pipe for them. */
export const LAST_WORDS_FD = 4

export type WorkerMessage =
  /** The application is loaded. */
  | { readonly type: 'ready'; readonly routes?: string }
  /** In development: a module was loaded from this file. */
  | { readonly type: 'loaded'; readonly file: string }
  /** A connection has arrived. */
  | { readonly type: 'taken' }
  /** What it is doing, every second where the master was asked for stats, and before it ends. */
  | { readonly type: 'stats'; readonly stats: ProcessStats }
  /** It ends. */
  | { readonly type: 'bye' }
  /** This worker wants to be replaced, because of this. */
  | { readonly type: 'replace'; readonly reason: string }
