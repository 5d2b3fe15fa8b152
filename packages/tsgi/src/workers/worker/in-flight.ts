/**
 * The requests in flight, in shared memory: the watchdog thread can read them while the main thread is blocked. Each
 * request costs only one short copy.
 */
import type { ObservedExchange, Observer } from '@tsgi/core/gateway'

/** Maximum number of requests to keep. The oldest ones are overwritten. */
const SLOTS = 64
/** Bytes for each request: two for the length, then the method and the path. */
const SLOT_BYTES = 256

/** Bytes before the slots: the counter of heartbeats, and the number of the latest request. */
const HEADER_BYTES = 8

export class InFlight implements Observer {
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + SLOTS * SLOT_BYTES)
  readonly #counters = new Int32Array(this.memory, 0, 2)
  readonly #slots = Buffer.from(this.memory, HEADER_BYTES)
  #latest = 0
  /** The request in each slot. */
  readonly #requests = new Array<ObservedExchange | undefined>(SLOTS).fill(undefined)

  began(exchange: ObservedExchange): void {
    const number = ++this.#latest
    const slot = number % SLOTS
    this.#requests[slot] = exchange
    const at = slot * SLOT_BYTES
    const { method, pathInfo } = exchange.environ
    const length = this.#slots.write(`${method} ${pathInfo}`, at + 2, SLOT_BYTES - 2, 'latin1')
    this.#slots.writeUInt16LE(length, at)
    this.#counters[1] = number
  }

  ended(exchange: ObservedExchange): void {
    const slot = this.#requests.indexOf(exchange)
    // A later request may have overwritten this slot.
    if (slot === -1) return
    this.#requests[slot] = undefined
    this.#slots.writeUInt16LE(0, slot * SLOT_BYTES)
  }

  /** Records that the event loop is running. */
  beat(): void {
    Atomics.add(this.#counters, 0, 1)
  }
}

/** Returns the number of heartbeats. */
export function beats(memory: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(memory), 0)
}

/** Returns the method and path of the requests in flight, the latest first. */
export function requestsIn(memory: SharedArrayBuffer): string[] {
  const latest = Atomics.load(new Int32Array(memory, 0, 2), 1)
  const slots = Buffer.from(memory, HEADER_BYTES)
  const found: string[] = []
  for (let number = latest; number > Math.max(0, latest - SLOTS); number--) {
    const at = (number % SLOTS) * SLOT_BYTES
    const length = slots.readUInt16LE(at)
    if (length > 0) found.push(slots.toString('latin1', at + 2, at + 2 + length))
  }
  return found
}
