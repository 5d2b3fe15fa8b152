import { setTimeout as sleep } from 'node:timers/promises'
import { StartWarnings } from '../../app/start-warnings.ts'
import type { ServeSettings } from '../../config/settings.ts'
import { reportExhaustion } from '../../console/file-descriptors.ts'
import { counted, ignoreOutputErrors, log, reportUncaught, warn } from '../../console/log.ts'
import { writePidFile } from '../../console/pid-file.ts'
import { readableAddress } from '../../console/readable-address.ts'
import { handleSignals } from '../../console/signals.ts'
import { WorkerMetrics } from '../../statistics/metrics-by-worker.ts'
import { checkReadiness } from '../../statistics/readiness.ts'
import { serveStats } from '../../statistics/stats-server.ts'
import type { WorkerMessage } from '../messages.ts'
import { MasterRelay } from '../relay/master-relay.ts'
import { Acceptor } from './acceptor.ts'
import { CurrentSettings, type Reread } from './current-settings.ts'
import { DevelopmentMode } from './development-mode.ts'
import { Dispatcher } from './dispatcher.ts'
import { Liveness } from './liveness.ts'
import { Pool } from './pool.ts'
import { type Exit, setUpWorkers, WorkerHandle } from './worker-handle.ts'

/** The parts that differ between commands. */
export interface MasterOptions {
  readonly development?: boolean
  readonly reread?: Reread
}

/** Accepts connections and manages the workers. Loads no application and no HTTP code, whose faults could end it. */
export class Master {
  readonly #settings: CurrentSettings
  readonly #acceptor = new Acceptor({
    onConnection: (at, socket) => this.#dispatcher.add(at, socket),
    onAccepted: reportExhaustion(),
    onError: console.error,
  })
  readonly #dispatcher: Dispatcher
  readonly #liveness: Liveness
  readonly #pool: Pool
  readonly #metrics = new WorkerMetrics()
  readonly #relay = new MasterRelay()
  readonly #development: DevelopmentMode | undefined
  #addresses: readonly string[] = []
  #spawned = 0
  #stopping = false
  /** Whether the last worker could not be started because no file descriptor was left. */
  #isExhausted = false
  readonly #startWarnings = new StartWarnings()

  constructor(settings: ServeSettings, size: number, options: MasterOptions) {
    this.#settings = new CurrentSettings(settings, options.reread)
    if (options.development === true) {
      this.#development = new DevelopmentMode({
        restart: () => this.#pool.restart(),
        spawnStandIn: (problem) => this.#spawn(problem),
      })
    }
    this.#dispatcher = new Dispatcher({
      onOverdue: (worker) => this.#liveness.markUnresponsive(worker),
    })
    this.#pool = new Pool({
      size,
      limits: () => this.#settings.limits,
      spawn: () => this.#spawn(),
      onUnbootable: (exit) => this.#onUnbootable(exit),
      onReloadFailed: () => this.#resize(this.#settings.revert()),
    })
    this.#liveness = new Liveness({
      workers: this.#pool.workers,
      dispatcher: this.#dispatcher,
      limit: () => this.#settings.limits.heartbeatTimeout,
      onUnresponsive: () => this.#metrics.unresponsive++,
      onKill: () => this.#metrics.heartbeatKills++,
    })
  }

  async start(): Promise<void> {
    ignoreOutputErrors()
    process.on('uncaughtException', (error) => this.#onUncaught(error))
    const { pidFile, stats } = this.#settings.value
    this.#addresses = await this.#acceptor.listen(this.#settings.value)
    setUpWorkers()
    let reloads = Promise.resolve()
    handleSignals({
      stop: (isQuick) =>
        isQuick
          ? this.#stop(0)
          : this.#stop(0, this.#settings.limits.gracefulTimeout, this.#settings.value.drainDelay),
      kill: () => this.#pool.kill(),
      reload: () => {
        log('reloading')
        reloads = reloads.then(() => this.#reload())
      },
      resize: (by) => this.#pool.resize(this.#pool.size + by),
    })
    const statsAddress =
      stats &&
      (await serveStats(stats, {
        report: () => this.#metrics.report(this.#pool.workers, this.#dispatcher.waiting),
        ready: () => checkReadiness(this.#stopping ? [] : this.#pool.workers),
      }))
    const started = this.#pool.start()
    // A page shows why the application does not start.
    if (this.#development === undefined) await started
    if (this.#stopping) return
    if (pidFile !== undefined) writePidFile(pidFile)
    for (const address of this.#addresses) log(`listening on ${readableAddress(address)}`)
    this.#development?.listening(this.#addresses)
    if (statsAddress !== undefined) log(`statistics on ${statsAddress}`)
    if (this.#development === undefined)
      log(`master (pid ${process.pid}) with ${counted(this.#pool.size, 'worker')} is ready`)
  }

  /** Starts a worker of the pool, or in development a stand-in that shows a problem. */
  #spawn(problem?: string): WorkerHandle {
    const isStandIn = problem !== undefined
    if (!isStandIn && ++this.#spawned > this.#pool.size) this.#metrics.restarts++
    if (!isStandIn) this.#development?.loading()
    // Waiting connections may have used up the file descriptors that a process needs.
    if (this.#isExhausted) this.#dispatcher.freeDescriptors()
    const settings = this.#settings.value
    const development = this.#development && { problem }
    const worker: WorkerHandle = new WorkerHandle(
      { type: 'start', settings, addresses: this.#addresses, development },
      {
        onReady: () => {
          this.#settings.prove(settings)
          if (this.#stopping) worker.send({ type: 'unready' })
          this.#dispatcher.ready(worker)
        },
        onMessage: (message) => {
          if (!isStandIn) this.#development?.receive(message)
          this.#receive(worker, message)
        },
        onBlocked: () => this.#metrics.heartbeatKills++,
        onSilent: () => this.#dispatcher.lost(worker),
        onExit: (exit) => {
          if (isStandIn) return
          this.#isExhausted = exit.error?.code === 'EMFILE'
          this.#metrics.ended(worker)
          this.#liveness.forget(worker)
          this.#relay.ended(worker)
          if (worker.state !== 'retiring' && !this.#stopping) this.#development?.exited(exit)
          this.#pool.ended(worker, exit)
        },
      },
    )
    return worker
  }

  #receive(worker: WorkerHandle, message: WorkerMessage): void {
    if (message.type === 'taken') this.#dispatcher.taken(worker, message.id)
    else if (message.type === 'returned') this.#dispatcher.returned(worker, message.id)
    else if (message.type === 'pong') this.#liveness.replied(worker)
    else if (message.type === 'replace') this.#pool.replace(worker, message.reason)
    else if (message.type === 'relay') this.#relay.receive(worker, message.request)
    else if (message.type === 'late') this.#startWarnings.warn(message)
    else if (message.type === 'stats') this.#metrics.update(worker, message.stats, message.durations)
  }

  async #reload(): Promise<void> {
    try {
      this.#resize(await this.#settings.reread())
      this.#pool.reload()
    } catch (error) {
      warn((error as Error).message)
      this.#pool.failReload()
    }
  }

  #resize(size: number | undefined): void {
    if (size !== undefined) this.#pool.resize(size)
  }

  #onUnbootable({ code }: Exit): void {
    if (this.#development !== undefined) warn('the application has exited, waiting for a change')
    else {
      warn('no worker could start, stopping')
      this.#stop(code || 1)
    }
  }

  /** The configuration file runs in this process. Its state is unknown now, but requests can still be finished. */
  #onUncaught(error: unknown): void {
    reportUncaught(error)
    if (this.#stopping) return
    warn('stopping because of an uncaught exception in the master')
    this.#stop(1, this.#settings.limits.gracefulTimeout)
  }

  async #stop(code: number, timeout = 0, delay = 0): Promise<void> {
    this.#stopping = true
    for (const worker of this.#pool.workers) worker.send({ type: 'unready' })
    await sleep(delay)
    const end = performance.now() + timeout
    await this.#acceptor.close()
    await this.#dispatcher.emptied(timeout)
    await this.#pool.stop(Math.max(0, end - performance.now()))
    process.exit(code)
  }
}
