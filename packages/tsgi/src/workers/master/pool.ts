import { setTimeout as sleep } from 'node:timers/promises'
import { counted, log, warn } from '../../console/log.ts'
import { UNCAUGHT } from '../messages.ts'
import { RestartDelay } from './backoff.ts'
import type { WorkerLimits } from './current-settings.ts'
import type { Exit, WorkerHandle } from './worker-handle.ts'

export interface PoolOptions {
  readonly size: number
  readonly limits: () => WorkerLimits
  readonly spawn: () => WorkerHandle
  /** Called if no worker is serving and a new one could not start. */
  readonly onUnbootable: (exit: Exit) => void
  /** Called after a failed reload. The settings of the current workers apply again. */
  readonly onReloadFailed: () => void
}

/**
 * Keeps a number of workers serving. Signals, worker deaths and requests from workers only change the desired state;
 * one loop moves towards it step by step.
 */
export class Pool {
  readonly workers: Set<WorkerHandle> = new Set()
  #size: number
  #settling = false
  #stopping = false
  #hasServed = false
  readonly #delay = new RestartDelay()
  #hurry: AbortController = new AbortController()
  /** Settles when the workers stopped by the last restart have exited. */
  #restarted: Promise<unknown> = Promise.resolve()
  readonly #options: PoolOptions

  constructor(options: PoolOptions) {
    this.#options = options
    this.#size = options.size
  }

  /** Resolves when all workers are serving, or when one could not start. */
  async start(): Promise<void> {
    await this.#settle()
  }

  get size(): number {
    return this.#size
  }

  /** Changes the number of workers, to at least one. */
  resize(size: number): void {
    this.#size = Math.max(1, size)
    log(`serving with ${counted(this.#size, 'worker')}`)
    this.#settle()
  }

  /** Replaces the workers one after another. */
  reload(): void {
    for (const worker of this.#active()) worker.outdated = RELOAD
    this.#delay.reset()
    this.#hurry.abort()
    this.#settle()
  }

  /** Reports that a reload has failed. */
  failReload(): void {
    warn('reload failed: the current workers keep running')
    this.#options.onReloadFailed()
  }

  /** Stops all workers, then starts new ones. New connections wait for them. */
  restart(): void {
    // The new ones may need resources that the current ones still hold.
    this.#restarted = Promise.all(this.#active().map((worker) => this.#end(worker, 'stop')))
    this.#delay.reset()
    this.#hurry.abort()
    this.#settle()
  }

  /** Replaces one worker. */
  replace(worker: WorkerHandle, reason: string): void {
    if (this.#stopping || worker.state === 'retiring' || worker.outdated !== undefined) return
    worker.outdated = reason
    // An application that fails soon after its start would keep restarting.
    if (reason === UNCAUGHT) this.#delay.add(worker.startedAt)
    log(`restarting ${worker}${this.#delay}: ${reason}`)
    this.#settle()
  }

  /** Starts a replacement for a worker that has exited. */
  ended(worker: WorkerHandle, { code, signal, error }: Exit): void {
    this.workers.delete(worker)
    if (this.#stopping || worker.state === 'retiring') return
    const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`
    this.#delay.add(worker.startedAt)
    const then = worker.state === 'booting' ? ' before it was ready' : `, restarting${this.#delay}`
    if (error === undefined) warn(`${worker} ${how}${then}`)
    else warn(`a worker could not be started: ${error.message}`)
    this.#settle()
  }

  /** Stops all workers gracefully, within `timeout` milliseconds and one second. */
  async stop(timeout: number): Promise<void> {
    this.#stopping = true
    this.#hurry.abort()
    await Promise.all([...this.workers].map((worker) => worker.end('stop', timeout)))
  }

  /** Kills all workers. */
  kill(): void {
    for (const worker of this.workers) worker.kill()
  }

  #active(): WorkerHandle[] {
    return [...this.workers].filter(({ state }) => state !== 'retiring')
  }

  async #settle(): Promise<void> {
    // The running loop sees every change in its next step.
    if (this.#settling) return
    this.#settling = true
    while (!this.#stopping && (await this.#step())) {}
    this.#settling = false
  }

  /** Takes one step towards the desired state. Resolves with false when it has been reached. */
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
    // Old workers that are slow to finish must not accumulate with every reload.
    if (missing === 0 && this.workers.size >= 2 * this.#size) {
      await Promise.race(
        [...this.workers].filter(({ state }) => state === 'retiring').map(({ exited }) => exited),
      )
      return true
    }
    await this.#restarted
    if (this.#stopping) return false
    // If the application cannot be loaded, one failure is enough.
    const count = active.some(({ state }) => state === 'serving') ? Math.max(1, missing) : 1
    const fresh = Array.from({ length: count }, () => this.#spawn())
    const exits = await Promise.all(fresh.map(({ booted }) => booted))
    // A worker that was stopped while it started has not failed.
    const failure = exits.find((exit, at) => exit !== undefined && fresh[at]!.state !== 'retiring')
    if (this.#stopping) return false
    if (failure !== undefined) return this.#failed(failure)
    this.#hasServed = true
    if (outdated !== undefined && missing <= 0) {
      this.#end(outdated, 'retire')
      if (outdated.outdated === RELOAD && !this.#active().some((worker) => worker.outdated === RELOAD)) {
        log('reloaded')
      }
    }
    return true
  }

  #spawn(): WorkerHandle {
    const worker = this.#options.spawn()
    this.workers.add(worker)
    const { bootTimeout } = this.#options.limits()
    const late = () => warn(`killing ${worker}: it was not ready within ${bootTimeout / 1000} s`)
    if (bootTimeout > 0) worker.limitBoot(bootTimeout, late)
    return worker
  }

  #failed(exit: Exit): boolean {
    const active = this.#active()
    if (active.length === 0) {
      // The application has started before, so try again when the system has resources.
      if (exit.code === null && this.#hasServed) return true
      this.#options.onUnbootable(exit)
      return false
    }
    const reloading = active.filter((worker) => worker.outdated === RELOAD)
    for (const worker of reloading) worker.outdated = undefined
    if (reloading.length > 0) this.failReload()
    return true
  }

  #end(worker: WorkerHandle, type: 'retire' | 'stop'): Promise<void> {
    return worker.end(type, this.#options.limits().gracefulTimeout)
  }

  async #pause(milliseconds: number): Promise<void> {
    this.#hurry = new AbortController()
    await sleep(milliseconds, undefined, { signal: this.#hurry.signal }).catch(() => {})
  }
}

const RELOAD = 'reload'
