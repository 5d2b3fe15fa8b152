import type { Limits } from '@tsgi/core/options'
import type { Deadlines, Waiting } from './deadlines.ts'
import type { ConnectionLimits } from './limits.ts'

/** The connection of a {@link RequestTimer}. */
export interface TimedConnection {
  /** Called when the time for what the connection waits for is over. */
  late(): void
}

/** The input of a {@link RequestTimer}. */
export interface TimedInput {
  /** Called a few times per second. */
  probe(): void
}

/** Limits how long a connection may be idle, and a request may take to arrive. */
export class RequestTimer implements Waiting {
  deadline: number
  readonly #connection: TimedConnection
  readonly #input: TimedInput
  readonly #deadlines: Deadlines
  readonly #limits: Limits<ConnectionLimits>
  #isArriving = false
  /** When the current request began to arrive. */
  #begunAt = 0

  constructor(
    connection: TimedConnection,
    input: TimedInput,
    { deadlines, limits }: { readonly deadlines: Deadlines; readonly limits: Limits<ConnectionLimits> },
  ) {
    this.#connection = connection
    this.#input = input
    this.#deadlines = deadlines
    this.#limits = limits
    // The first request.
    this.deadline = deadlines.after(limits.headersTimeout)
    deadlines.add(this)
  }

  late(): void {
    this.#connection.late()
  }

  check(): void {
    this.#input.probe()
  }

  /** Called when a part of a head has arrived. */
  arriving(): void {
    if (this.#isArriving) return
    this.#isArriving = true
    this.#begunAt = this.#deadlines.after(0)
    this.deadline = this.#begunAt + this.#limits.headersTimeout
  }

  /** Called when a head has arrived. */
  arrived(hasBody: boolean): void {
    this.arriving()
    this.#isArriving = false
    const { receiveTimeout } = this.#limits
    this.deadline = hasBody && receiveTimeout > 0 ? this.#begunAt + receiveTimeout : NEVER
  }

  /** Called when the connection waits for the next request. */
  idle(): void {
    this.deadline = this.#deadlines.after(this.#limits.keepAliveTimeout)
  }

  /** Called when the rest of a request is dropped. */
  dropping(): void {
    this.deadline = this.#deadlines.after(DROP_MS)
  }

  /** Waits for nothing that the client sends. */
  pause(): void {
    this.deadline = NEVER
  }

  stop(): void {
    this.#deadlines.remove(this)
  }
}

const NEVER = Number.POSITIVE_INFINITY

/** Milliseconds spent on a request body after its response, before the connection is closed. */
const DROP_MS = 5_000
