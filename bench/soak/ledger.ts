/** What became of the requests of well-behaved clients. */
export class Ledger {
  answered = 0
  /** Requests without a response, by the kind of client and the problem. */
  readonly lost: Map<string, number> = new Map()
  /** Failures that are the purpose of a disturbance, by its name. */
  readonly expected: Map<string, number> = new Map()
  /** The times of these in milliseconds, as performance.now() gives them. */
  #killed = 0
  readonly #exhausted: { readonly from: number; to: number }[] = []

  /** Called before a worker is killed, which loses the requests on its connections. */
  killing(): void {
    this.#killed = performance.now()
  }

  /** Called before the file descriptors are used up. Returns a function to call when they are free again. */
  exhausting(): () => void {
    const exhausted = { from: performance.now(), to: Number.POSITIVE_INFINITY }
    this.#exhausted.push(exhausted)
    return () => {
      exhausted.to = performance.now()
    }
  }

  /** Called when a process of the server has said that it has no file descriptors. It says so once in a while. */
  exhausted(): void {
    const now = performance.now()
    this.#exhausted.push({ from: now - SAID_MS, to: now + SAID_MS })
  }

  /**
   * Records a failure. `openedAt` is when the connection was opened, and `isNew` says whether it had not received anything
   * yet.
   */
  fail(client: string, error: unknown, { openedAt, isNew }: Failed): void {
    const isExhausted = this.#exhausted.some(({ from, to }) => openedAt > from && openedAt < to)
    const isRecent = performance.now() < this.#killed + NOTICED_MS
    if (isRecent && openedAt < this.#killed) add(this.expected, 'on connections to a worker that was killed')
    else if (isNew && isExhausted) add(this.expected, 'refused without file descriptors')
    else {
      const { code, message } = error as NodeJS.ErrnoException
      const problem = `${client}: ${code ?? message}`
      const age = ((performance.now() - openedAt) / 1_000).toFixed(1)
      console.log(`  LOST ${problem}, ${isNew ? 'new' : 'used'} connection, opened ${age} s ago`)
      add(this.lost, problem)
    }
  }
}

/** Milliseconds until all clients, which may be slow, have noticed that a worker was killed. */
const NOTICED_MS = 30_000

/** Milliseconds around a report of a process that has no file descriptors. */
const SAID_MS = 2_000

/** The connection of a failed request. */
export interface Failed {
  readonly openedAt: number
  readonly isNew: boolean
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
