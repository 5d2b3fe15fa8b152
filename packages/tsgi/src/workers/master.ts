import cluster from 'node:cluster'
import { extname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseListenOption, readSocketOptions } from '@tsgi/server/listen'
import { SourceWatcher } from '../app/source-watcher.ts'
import { BOOT_MS } from '../config/reread-settings.ts'
import { serveOptions, startFailure } from '../config/serve-options.ts'
import type { ServeSettings } from '../config/settings.ts'
import { counted, ignoreOutputErrors, log, warn } from '../console/log.ts'
import { readableAddress } from '../console/readable-address.ts'
import { onStopSignals } from '../console/stop-signals.ts'
import { WorkerMetrics } from '../statistics/metrics-by-worker.ts'
import { serveStats } from '../statistics/stats-server.ts'
import { Dispatcher } from './dispatcher.ts'
import { HEARTBEAT_MS, type LastWords, type WorkerMessage } from './messages.ts'
import { writePidFile } from './pid-file.ts'
import { Pool, type PoolLimits } from './pool.ts'
import { type Exit, WorkerHandle } from './worker-handle.ts'

/** The parts that differ between commands. */
export interface MasterOptions {
  readonly development?: boolean
  /** Reads the settings again for a reload. Rejects if they are invalid. */
  readonly reread?: (before: ServeSettings) => Promise<ServeSettings>
}

/** Accepts connections and manages the workers. Loads no application and no HTTP code, whose faults could end it. */
export class Master {
  /** The settings of new workers. */
  #settings: ServeSettings
  /** The latest settings that a worker could start with. */
  #proven: ServeSettings
  readonly #options: MasterOptions
  readonly #dispatcher: Dispatcher
  readonly #pool: Pool
  readonly #metrics = new WorkerMetrics()
  readonly #sources: SourceWatcher = new SourceWatcher((file) => {
    log(`${relative('', file)} has changed, restarting`)
    this.#pool.restart()
  })
  #addresses: readonly string[] = []
  #spawned = 0
  #stopping = false
  /** The last table of routes that was printed. */
  #routes = ''

  constructor(settings: ServeSettings, size: number, options: MasterOptions) {
    this.#settings = settings
    this.#proven = settings
    this.#options = options
    this.#dispatcher = new Dispatcher({
      onError: console.error,
      onLost: (worker) =>
        warn(`a connection did not reach ${worker}, which may have run out of file descriptors`),
      maxSilence: () => this.#settings.heartbeatTimeout ?? HEARTBEAT_MS,
      onSilent: (worker, seconds) => {
        warn(`killing ${worker}: it has not responded for ${seconds} s`)
        worker.kill()
      },
    })
    this.#pool = new Pool({
      size,
      limits: () => this.#limits(),
      spawn: () => this.#spawn(),
      onUnbootable: (exit) => this.#onUnbootable(exit),
      onReloadFailed: () => this.#use(this.#proven),
    })
  }

  async start(): Promise<void> {
    ignoreOutputErrors()
    const { pidFile, stats } = this.#settings
    this.#addresses = await this.#listen()
    cluster.setupPrimary({
      exec: join(import.meta.dirname, `worker-main${extname(import.meta.filename)}`),
      args: [],
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', 'pipe'],
    })
    this.#handleSignals()
    const report = () => this.#metrics.report(this.#pool.workers, this.#dispatcher.waiting)
    const statsAddress = stats && (await serveStats(stats, report))
    await this.#pool.start()
    if (this.#stopping) return
    if (pidFile !== undefined) writePidFile(pidFile)
    for (const address of this.#addresses) log(`listening on ${readableAddress(address)}`)
    if (statsAddress !== undefined) log(`statistics on ${statsAddress}`)
    if (this.#options.development !== true)
      log(`master (pid ${process.pid}) with ${counted(this.#pool.size, 'worker')} is ready`)
  }

  async #listen(): Promise<string[]> {
    try {
      const options = serveOptions(this.#settings)
      return await this.#dispatcher.listen(parseListenOption(options.listen), readSocketOptions(options))
    } catch (error) {
      throw startFailure(error)
    }
  }

  #spawn(): WorkerHandle {
    if (++this.#spawned > this.#pool.size) this.#metrics.restarts++
    const settings = this.#settings
    const development = this.#options.development === true
    const worker: WorkerHandle = new WorkerHandle(
      { type: 'start', settings, addresses: this.#addresses, development },
      {
        onReady: () => {
          this.#proven = settings
          if (this.#stopping) worker.send({ type: 'unready' })
          this.#dispatcher.ready(worker)
        },
        onMessage: (message) => this.#receive(worker, message),
        onLastWords: (words) => this.#onBlocked(worker, words),
        onSilent: () => this.#dispatcher.lost(worker),
        onExit: (exit) => {
          this.#metrics.ended(worker)
          this.#pool.ended(worker, exit)
        },
      },
    )
    return worker
  }

  #receive(worker: WorkerHandle, message: WorkerMessage): void {
    if (message.type === 'taken') this.#dispatcher.ready(worker)
    else if (message.type === 'pong') this.#dispatcher.replied(worker)
    else if (message.type === 'replace') this.#pool.replace(worker, message.reason)
    else if (message.type === 'loaded') this.#sources.add(message.file)
    else if (message.type === 'ready') this.#showRoutes(message.routes)
    else if (message.type === 'stats') this.#metrics.update(worker, message.stats)
  }

  #showRoutes(table = ''): void {
    if (table === '' || table === this.#routes) return
    this.#routes = table
    process.stdout.write(table)
  }

  #onBlocked(worker: WorkerHandle, { blocked, requests }: LastWords): void {
    this.#metrics.heartbeatKills++
    const during = requests.length === 0 ? 'outside of requests' : `during ${requests.join(', ')}`
    warn(`killing ${worker}: its event loop was blocked for ${blocked / 1000} s ${during}`)
  }

  #handleSignals(): void {
    onStopSignals(
      () => this.#stop(0),
      () => this.#pool.kill(),
    )
    let reloads = Promise.resolve()
    process.on('SIGHUP', () => {
      log('reloading')
      reloads = reloads.then(() => this.#reload())
    })
    process.on('SIGTTIN', () => this.#pool.resize(this.#pool.size + 1))
    process.on('SIGTTOU', () => this.#pool.resize(this.#pool.size - 1))
  }

  async #reload(): Promise<void> {
    try {
      const settings = (await this.#options.reread?.(this.#settings)) ?? this.#settings
      if (this.#stopping) return
      this.#use(settings)
      this.#pool.reload()
    } catch (error) {
      warn((error as Error).message)
      this.#pool.failReload()
    }
  }

  #use(settings: ServeSettings): void {
    const { workers } = settings
    // Signals may have changed the number; keep it unless the setting has changed.
    if (workers !== undefined && workers !== this.#settings.workers) this.#pool.resize(workers)
    this.#settings = settings
  }

  #limits(): PoolLimits {
    const { bootTimeout = BOOT_MS, gracefulTimeout = 30_000 } = this.#settings
    return { bootTimeout, gracefulTimeout }
  }

  #onUnbootable({ code }: Exit): void {
    if (this.#options.development === true) {
      warn('the application has exited, waiting for a change')
      return
    }
    warn('no worker could start, stopping')
    this.#stop(code || 1)
  }

  async #stop(code: number): Promise<void> {
    this.#stopping = true
    for (const worker of this.#pool.workers) worker.send({ type: 'unready' })
    await sleep(code === 0 ? (this.#settings.drainDelay ?? 0) : 0)
    await this.#dispatcher.close(code === 0 ? this.#limits().gracefulTimeout : 0)
    await this.#pool.stop()
    process.exit(code)
  }
}
