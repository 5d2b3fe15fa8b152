/** What became of the requests of well-behaved clients. */
export class Ledger {
  answered = 0
  /** Requests without a response, by the kind of client and the problem. */
  readonly lost: Map<string, number> = new Map()
  /** Failures that are the purpose of a disturbance, by its name. */
  readonly expected: Map<string, number> = new Map()
  #kill = 0
  #exhaustion = 0

  /** Called before a worker is killed, which loses the requests in it. */
  killing(): void {
    this.#kill = performance.now() + KILL_MS
  }

  /** Called before the file descriptors are used up for some milliseconds. */
  exhausting(milliseconds: number): void {
    this.#exhaustion = performance.now() + milliseconds
  }

  /** Records a failure. `isNew` says whether the connection had not received anything yet. */
  fail(client: string, error: unknown, isNew: boolean): void {
    const now = performance.now()
    if (now < this.#kill) add(this.expected, 'in a worker that was killed (SIGKILL)')
    else if (now < this.#exhaustion && isNew) add(this.expected, 'refused without file descriptors')
    else {
      const { code, message } = error as NodeJS.ErrnoException
      const problem = `${client}: ${code ?? message}`
      if (!this.lost.has(problem)) console.log(`  LOST ${problem}`)
      add(this.lost, problem)
    }
  }
}

/** Milliseconds until clients have noticed that a worker was killed. */
const KILL_MS = 2_000

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
