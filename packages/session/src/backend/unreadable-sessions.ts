import type { ErrorLog } from '@tsgi/core'
import { LruMap } from '../stores/lru-map.ts'
import type { SessionFormatError } from '../stores/store.ts'

/** How many sessions are remembered as reported. */
const MAX_REMEMBERED = 1000

/** Reports sessions that cannot be read: each of them once. */
export class UnreadableSessions {
  readonly #reported = new LruMap<true>()

  report(errors: ErrorLog, key: string, { message }: SessionFormatError): void {
    if (this.#reported.peek(key)) return
    this.#reported.set(key, true)
    for (const [oldest] of this.#reported) {
      if (this.#reported.size <= MAX_REMEMBERED) break
      this.#reported.delete(oldest)
    }
    errors.write(`session: ignored the session ${key}, which cannot be read: ${message}`)
  }
}
