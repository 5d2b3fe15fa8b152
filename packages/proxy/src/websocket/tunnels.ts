import { HttpError } from '@tsgi/core'
import type { Tunnel } from './tunnel.ts'

/** The side that closes goes away (RFC 6455 §7.4.1). */
const CODE = 1001
const REASON = 'The proxy is closing'

/** The open WebSockets of a proxy, and those that are being opened. */
export class Tunnels {
  readonly #max: number
  readonly #open = new Set<Tunnel>()
  #reserved = 0
  #isClosing = false

  constructor(max: number) {
    this.#max = max
  }

  /**
   * Reserves the place of a WebSocket, until `add` or `release`.
   *
   * @throws HttpError 503 if there are too many.
   */
  reserve(): void {
    if (this.#open.size + this.#reserved >= this.#max) {
      throw new HttpError(503, 'Too many WebSockets are open.', {
        headers: { 'retry-after': '5' },
        report: false,
      })
    }
    this.#reserved++
  }

  release(): void {
    this.#reserved--
  }

  add(tunnel: Tunnel): void {
    this.#reserved--
    this.#open.add(tunnel)
    tunnel.closed.then(() => this.#open.delete(tunnel))
    if (this.#isClosing) tunnel.close(CODE, REASON)
  }

  /** Closes all of them, and waits until they are closed. Those that are being opened are closed when they are open. */
  async close(): Promise<void> {
    this.#isClosing = true
    const open = [...this.#open]
    for (const tunnel of open) tunnel.close(CODE, REASON)
    await Promise.all(open.map((tunnel) => tunnel.closed))
  }
}
