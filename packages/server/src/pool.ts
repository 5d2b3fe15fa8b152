import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit, WorkerProcess } from './worker-process.ts'

/** How long a worker may take, in milliseconds. */
export interface PoolBounds {
  /** To begin to serve; 0 for no bound. */
  readonly bootTimeout: number
  /** To finish. */
  readonly gracefulTimeout: number
}

export interface PoolOptions {
  readonly size: number
  readonly bounds: () => PoolBounds
  readonly spawn: () => WorkerProcess
  /** Told that no worker serves, and that one could not begin to. */
  readonly onUnbootable: (exit: Exit) => void
  /** Told when a reload was given up: what the workers there are were started with holds again. */
  readonly onGivenUp: () => void
  readonly log: (line: string) => void
  /** Told what went wrong. */
  readonly warn: (line: string) => void
}

/**
 * Keeps so many workers serving. All that changes them, a signal, a death or a worker's own wish, only says what is
 * wanted; one loop makes it so, a step at a time.
 */
export class Pool {
  readonly workers: Set<WorkerProcess> = new Set()
  #size: number
  #settling = false
  #stopping = false
  /** Workers in a row that lived too short. */
  #failures = 0
  #notBefore = 0
  #hurry: AbortController = new AbortController()
  readonly #options: PoolOptions

  constructor(options: PoolOptions) {
    this.#options = options
    this.#size = options.size
  }

  /** Resolves when all serve, or one could not begin to. */
  async start(): Promise<void> {
    await this.#settle()
  }

  get size(): number {
    return this.#size
  }

  /** Serves with so many workers from now on, at least one. */
  resize(size: number): void {
    this.#size = Math.max(1, size)
    this.#options.log(`serving with ${this.#size} ${this.#size === 1 ? 'worker' : 'workers'}`)
    this.#settle()
  }

  /** Replaces every worker, one after the other. */
  reload(): void {
    for (const worker of this.#active()) worker.outdated = RELOAD
    this.#failures = 0
    this.#notBefore = 0
    this.#hurry.abort()
    this.#settle()
  }

  /** Says that a reload is given up. */
  giveUp(): void {
    this.#options.warn('reload given up: the workers there are go on')
    this.#options.onGivenUp()
  }

  /** Ends every worker, then begins anew: what comes meanwhile waits for those to come. */
  restart(): void {
    for (const worker of this.#active()) this.#end(worker, 'stop')
    this.#failures = 0
    this.#notBefore = 0
    this.#hurry.abort()
    this.#settle()
  }

  /** Replaces one worker. */
  replace(worker: WorkerProcess, reason: string): void {
    if (this.#stopping || worker.state === 'retiring' || worker.outdated !== undefined) return
    worker.outdated = reason
    this.#options.log(`replacing ${worker}: ${reason}`)
    this.#settle()
  }

  /** Is told of each worker that has ended. */
  ended(worker: WorkerProcess, { code, signal }: Exit): void {
    this.workers.delete(worker)
    if (this.#stopping || worker.state === 'retiring') return
    const how = signal === null ? `exited with ${code}` : `was ended by ${signal}`
    this.#options.warn(`${worker} ${how}${worker.state === 'booting' ? ' before it served' : ''}`)
    this.#failures = performance.now() - worker.startedAt < STABLE_MS ? this.#failures + 1 : 0
    this.#notBefore =
      performance.now() + (this.#failures === 0 ? 0 : Math.min(MAX_BACK_OFF_MS, 50 * 2 ** this.#failures))
    this.#settle()
  }

  /** Ends every worker gracefully. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#hurry.abort()
    await Promise.all([...this.workers].map((worker) => this.#end(worker, 'stop')))
  }

  /** Ends every worker at once. */
  kill(): void {
    for (const worker of this.workers) worker.kill()
  }

  #active(): WorkerProcess[] {
    return [...this.workers].filter(({ state }) => state !== 'retiring')
  }

  async #settle(): Promise<void> {
    // A loop that is under way sees every change when it comes round.
    if (this.#settling) return
    this.#settling = true
    while (!this.#stopping && (await this.#step())) {}
    this.#settling = false
  }

  /** Does one thing of what is to be done; false where there is none. */
  async #step(): Promise<boolean> {
    const active = this.#active()
    const outdated = active.find((worker) => worker.outdated !== undefined)
    const missing = this.#size - active.length
    if (missing < 0) {
      this.#end(outdated ?? active[0]!, 'retire')
      return true
    }
    if (missing === 0 && outdated === undefined) return false
    const wait = this.#notBefore - performance.now()
    if (wait > 0) {
      await this.#pause(wait)
      return true
    }
    // Old workers that take their time must not grow in number with every reload.
    if (missing === 0 && this.workers.size >= 2 * this.#size) {
      await Promise.race(
        [...this.workers].filter(({ state }) => state === 'retiring').map(({ exited }) => exited),
      )
      return true
    }
    // Until one has shown that the application loads, the others would only fail with it.
    const count = active.some(({ state }) => state === 'serving') ? Math.max(1, missing) : 1
    const fresh = Array.from({ length: count }, () => this.#spawn())
    const exits = await Promise.all(fresh.map(({ booted }) => booted))
    // One that was told to end while it began has not failed.
    const failure = exits.find((exit, at) => exit !== undefined && fresh[at]!.state !== 'retiring')
    if (this.#stopping) return false
    if (failure !== undefined) return this.#failed(failure)
    if (outdated !== undefined && missing <= 0) {
      this.#end(outdated, 'retire')
      if (outdated.outdated === RELOAD && !this.#active().some((worker) => worker.outdated === RELOAD)) {
        this.#options.log('reloaded')
      }
    }
    return true
  }

  #spawn(): WorkerProcess {
    const worker = this.#options.spawn()
    this.workers.add(worker)
    const { bootTimeout } = this.#options.bounds()
    if (bootTimeout > 0) this.#boundBoot(worker, bootTimeout)
    return worker
  }

  #boundBoot(worker: WorkerProcess, bootTimeout: number): void {
    const timer = setTimeout(() => {
      this.#options.warn(`${worker} is killed: it did not begin to serve within ${bootTimeout / 1000} s`)
      worker.kill()
    }, bootTimeout)
    worker.booted.then(() => clearTimeout(timer))
  }

  #failed(exit: Exit): boolean {
    const active = this.#active()
    if (active.length === 0) {
      this.#options.onUnbootable(exit)
      return false
    }
    const reloading = active.filter((worker) => worker.outdated === RELOAD)
    for (const worker of reloading) worker.outdated = undefined
    if (reloading.length > 0) this.giveUp()
    return true
  }

  async #end(worker: WorkerProcess, type: 'retire' | 'stop'): Promise<void> {
    const { state } = worker
    worker.state = 'retiring'
    // One that does not serve yet has nothing to finish, and may not be able to listen.
    if (state === 'booting') worker.kill()
    else worker.send({ type })
    const { gracefulTimeout } = this.#options.bounds()
    const timer = setTimeout(() => worker.kill(), gracefulTimeout + KILL_AFTER_MS)
    await worker.exited
    clearTimeout(timer)
  }

  async #pause(milliseconds: number): Promise<void> {
    this.#hurry = new AbortController()
    await sleep(milliseconds, undefined, { signal: this.#hurry.signal }).catch(() => {})
  }
}

const RELOAD = 'reload'

/** A worker that lived so long did not die of how it was started. */
const STABLE_MS = 10_000
const MAX_BACK_OFF_MS = 30_000

/** What a worker that has had its time gets to say so. */
const KILL_AFTER_MS = 1_000
