import { HttpError } from '@tsgi/core'
import type { Tunnel } from './tunnel.ts'

/** The open WebSockets of a proxy, and those that are being opened. */
export class Tunnels {
  readonly #max: number
  readonly #open = new Set<Tunnel>()
  #reserved = 0

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
  }

  /** Closes all of them, and waits until they are closed. */
  async close(): Promise<void> {
    const open = [...this.#open]
    for (const tunnel of open) tunnel.close(1001, 'The proxy is closing')
    await Promise.all(open.map((tunnel) => tunnel.closed))
  }
}
