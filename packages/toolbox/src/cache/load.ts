import { selectorOf, varyNames } from './rules/vary.ts'
import type { StoredResponse } from './stores/store.ts'

/** A call of the application whose response may be stored, and the requests that wait for it. */
export class Load {
  /** The key of the URL. */
  readonly key: string
  /** The key of the place of the response. */
  readonly place: string
  /** Whether the response may be stored: nothing has changed the resource since the call. */
  isValid = true
  /** Whether the body of the response is being read. */
  isReceiving = false
  readonly #startedAt = performance.now()
  /** The headers of the request that the application receives. */
  readonly #headers: Headers
  #controller: AbortController | undefined
  #clients: number
  readonly #stored = Promise.withResolvers<StoredResponse | undefined>()

  /** @param isBackground Whether the cache itself needs the response, without a client. */
  constructor(key: string, place: string, headers: Headers, isBackground: boolean) {
    this.key = key
    this.place = place
    this.#headers = headers
    this.#clients = isBackground ? 1 : 0
  }

  /** Aborts when nobody needs the response any more. Created on first use, because many responses are not stored. */
  get controller(): AbortController {
    this.#controller ??= new AbortController()
    return this.#controller
  }

  /** Ends the wait of other requests: with the response, or with undefined if it is only for the first one. */
  settle(stored: StoredResponse | undefined): void {
    this.#stored.resolve(this.isValid ? stored : undefined)
  }

  /** Reports whether it has taken too long for other requests to wait for it, in milliseconds. */
  isLate(maxWait: number): boolean {
    return performance.now() - this.#startedAt >= maxWait
  }

  /** Reports whether the response would be selected for another request, too (RFC 9111 §4.1). */
  isFor({ headers }: StoredResponse, request: Headers): boolean {
    const names = varyNames(headers.vary ?? null) ?? []
    return selectorOf(names, request) === selectorOf(names, this.#headers)
  }

  /** Keeps the call alive for the cache, whether there are clients or not. */
  keep(): void {
    this.#clients += 1
  }

  /** Keeps the call alive until the client disconnects. Returns a function that leaves earlier. */
  join(signal: AbortSignal): () => void {
    this.#clients += 1
    let hasLeft = false
    const leave = () => {
      if (hasLeft) return
      hasLeft = true
      signal.removeEventListener('abort', leave)
      this.#clients -= 1
      if (this.#clients === 0) this.controller.abort(signal.reason)
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave)
    return leave
  }

  /** Waits for the response, at most until the call has taken `maxWait` milliseconds, and only while the client is there. */
  async wait(signal: AbortSignal, maxWait: number): Promise<StoredResponse | undefined> {
    const over = Promise.withResolvers<undefined>()
    const giveUp = () => over.resolve(undefined)
    const timer = setTimeout(giveUp, this.#startedAt + maxWait - performance.now())
    signal.addEventListener('abort', giveUp)
    const leave = this.join(signal)
    try {
      return await Promise.race([this.#stored.promise, over.promise])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      leave()
    }
  }
}
