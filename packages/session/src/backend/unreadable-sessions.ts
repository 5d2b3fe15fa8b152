import type { ErrorLog } from '@tsgi/core'
import { LruMap } from '../stores/memory/lru-map.ts'
import type { SessionFormatError } from '../stores/store.ts'
import { ThrottledLog } from './throttled-log.ts'

/** The number of reported sessions that are remembered. */
const MAX_REMEMBERED = 1000

/** Reports sessions that cannot be read: each one once, and at most one per second. */
export class UnreadableSessions {
  readonly #log = new ThrottledLog()
  readonly #reported = new LruMap<true>()

  report(errors: ErrorLog, key: string, { message }: SessionFormatError): void {
    if (this.#reported.peek(key)) return
    this.#reported.set(key, true)
    for (const [oldest] of this.#reported) {
      if (this.#reported.size <= MAX_REMEMBERED) break
      this.#reported.delete(oldest)
    }
    this.#log.write(errors, `session: ignored the session ${key}, which cannot be read: ${message}`)
  }
}
