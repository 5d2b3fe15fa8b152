import { setTimeout as sleep } from 'node:timers/promises'
import { RestartDelay } from './restart-delay.ts'
import type { Exit, WorkerHandle } from './worker-handle.ts'

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
  readonly spawn: () => WorkerHandle
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
  readonly workers: Set<WorkerHandle> = new Set()
  #size: number
  #settling = false
  #stopping = false
  readonly #delay = new RestartDelay()
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
    this.#delay.reset()
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
    this.#delay.reset()
    this.#hurry.abort()
    this.#settle()
  }

  /** Replaces one worker. */
  replace(worker: WorkerHandle, reason: string): void {
    if (this.#stopping || worker.state === 'retiring' || worker.outdated !== undefined) return
    worker.outdated = reason
    this.#options.log(`replacing ${worker}: ${reason}`)
    this.#settle()
  }

  /** Is told of each worker that has ended. */
  ended(worker: WorkerHandle, { code, signal }: Exit): void {
    this.workers.delete(worker)
    if (this.#stopping || worker.state === 'retiring') return
    const how = signal === null ? `exited with ${code}` : `was ended by ${signal}`
    this.#options.warn(`${worker} ${how}${worker.state === 'booting' ? ' before it served' : ''}`)
    this.#delay.add(worker.startedAt)
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

  #active(): WorkerHandle[] {
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
    const wait = this.#delay.remaining
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

  #spawn(): WorkerHandle {
    const worker = this.#options.spawn()
    this.workers.add(worker)
    const { bootTimeout } = this.#options.bounds()
    const late = () =>
      this.#options.warn(`${worker} is killed: it did not begin to serve within ${bootTimeout / 1000} s`)
    if (bootTimeout > 0) worker.limitBoot(bootTimeout, late)
    return worker
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

  #end(worker: WorkerHandle, type: 'retire' | 'stop'): Promise<void> {
    return worker.end(type, this.#options.bounds().gracefulTimeout)
  }

  async #pause(milliseconds: number): Promise<void> {
    this.#hurry = new AbortController()
    await sleep(milliseconds, undefined, { signal: this.#hurry.signal }).catch(() => {})
  }
}

const RELOAD = 'reload'
