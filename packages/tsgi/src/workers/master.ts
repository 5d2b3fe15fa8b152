import cluster from 'node:cluster'
import { rmSync, writeFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseListenOption, readSocketOptions } from '@tsgi/server/listen'
import { SourceWatcher } from '../app/source-watcher.ts'
import { BOOT_MS } from '../config/reread-settings.ts'
import { serveOptions, startFailure } from '../config/serve-options.ts'
import type { ServeSettings } from '../config/settings.ts'
import { log, warn } from '../console/log.ts'
import { readableAddress } from '../console/readable-address.ts'
import { WorkerMetrics } from '../statistics/metrics-by-worker.ts'
import { serveStats } from '../statistics/stats-server.ts'
import { Dispatcher } from './dispatcher.ts'
import type { WorkerMessage } from './messages.ts'
import { Pool, type PoolLimits } from './pool.ts'
import { type Exit, WorkerHandle } from './worker-handle.ts'

/** The differences between commands. */
export interface MasterOptions {
  readonly development?: boolean
  /** Reads the settings again for a reload. Rejects if they are invalid. */
  readonly reread?: (before: ServeSettings) => Promise<ServeSettings>
}

/**
 * Serves with workers until a signal arrives. The master accepts connections and manages the workers. Only workers load
 * the application and speak HTTP, so no fault there can end the master.
 */
export async function runMaster(
  first: ServeSettings,
  size: number,
  { development = false, reread }: MasterOptions = {},
): Promise<void> {
  const { pidFile } = first
  /** The settings of new workers, and the latest ones that a worker could start with. */
  let settings = first
  let proven = first
  const dispatcher = new Dispatcher((problem) => console.error(problem))
  const addresses = await listenOn(dispatcher, settings)
  cluster.setupPrimary({
    exec: join(import.meta.dirname, `worker-main${extname(import.meta.filename)}`),
    args: [],
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', 'pipe'],
  })

  const metrics = new WorkerMetrics()
  const pool = new Pool({ size, limits, spawn, onUnbootable, onReloadFailed, log, warn })
  let spawned = 0
  let stopping = false
  let routes = ''
  const sources = new SourceWatcher((file) => {
    log(`${relative('', file)} has changed, restarting`)
    pool.restart()
  })
  handleSignals()
  const stats =
    settings.stats &&
    (await serveStats(settings.stats, () => metrics.report(pool.workers, dispatcher.waiting)))
  await pool.start()
  if (stopping) return
  if (pidFile !== undefined) {
    writeFileSync(pidFile, `${process.pid}\n`)
    process.on('exit', () => rmSync(pidFile, { force: true }))
  }
  for (const address of addresses) log(`listening on ${readableAddress(address)}`)
  if (stats !== undefined) log(`statistics on ${stats}`)
  if (!development)
    log(`master (pid ${process.pid}) with ${size} ${size === 1 ? 'worker' : 'workers'} is ready`)

  function spawn(): WorkerHandle {
    if (++spawned > pool.size) metrics.restarts++
    const given = settings
    const worker: WorkerHandle = new WorkerHandle(
      { type: 'start', settings: given, addresses, development },
      {
        onReady: () => {
          proven = given
          if (stopping) worker.send({ type: 'unready' })
          dispatcher.ready(worker)
        },
        onMessage: (message) => hear(worker, message),
        onLastWords: ({ blocked, requests }) => {
          metrics.heartbeatKills++
          const during = requests.length === 0 ? 'outside of requests' : `during ${requests.join(', ')}`
          warn(`killing ${worker}: its event loop was blocked for ${blocked / 1000} s ${during}`)
        },
        onSilent: () => dispatcher.lost(worker),
        onExit: (exit) => {
          metrics.ended(worker)
          pool.ended(worker, exit)
        },
      },
    )
    return worker
  }

  function hear(worker: WorkerHandle, message: WorkerMessage): void {
    if (message.type === 'taken') dispatcher.ready(worker)
    else if (message.type === 'replace') pool.replace(worker, message.reason)
    else if (message.type === 'loaded') sources.add(message.file)
    else if (message.type === 'ready') showRoutes(message.routes)
    else if (message.type === 'stats') metrics.update(worker, message.stats)
  }

  function showRoutes(table = ''): void {
    if (table === '' || table === routes) return
    routes = table
    process.stdout.write(table)
  }

  function handleSignals(): void {
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
    ] as const) {
      process.on(signal, () => {
        if (stopping) {
          pool.kill()
          process.exit(128 + number)
        }
        log(`received ${signal}, stopping`)
        stop(0)
      })
    }
    let reloads = Promise.resolve()
    process.on('SIGHUP', () => {
      log('reloading')
      reloads = reloads.then(reload)
    })
    process.on('SIGTTIN', () => pool.resize(pool.size + 1))
    process.on('SIGTTOU', () => pool.resize(pool.size - 1))
  }

  async function reload(): Promise<void> {
    try {
      const fresh = (await reread?.(settings)) ?? settings
      if (stopping) return
      use(fresh)
      pool.reload()
    } catch (error) {
      warn((error as Error).message)
      pool.failReload()
    }
  }

  function onReloadFailed(): void {
    use(proven)
  }

  function use(next: ServeSettings): void {
    // Keep a number that signals have changed if the setting has not changed.
    if (next.workers !== undefined && next.workers !== settings.workers) pool.resize(next.workers)
    settings = next
  }

  function limits(): PoolLimits {
    const { bootTimeout = BOOT_MS, gracefulTimeout = 30_000 } = settings
    return { bootTimeout, gracefulTimeout }
  }

  function onUnbootable({ code }: Exit): void {
    if (development) {
      warn('the application has exited, waiting for a change')
      return
    }
    warn('no worker could start, stopping')
    stop(code || 1)
  }

  async function stop(code: number): Promise<void> {
    stopping = true
    for (const worker of pool.workers) worker.send({ type: 'unready' })
    await sleep(code === 0 ? (settings.drainDelay ?? 0) : 0)
    dispatcher.close()
    await pool.stop()
    process.exit(code)
  }
}

async function listenOn(dispatcher: Dispatcher, settings: ServeSettings): Promise<string[]> {
  try {
    const options = serveOptions(settings)
    return await dispatcher.listen(parseListenOption(options.listen), readSocketOptions(options))
  } catch (error) {
    throw startFailure(error)
  }
}
