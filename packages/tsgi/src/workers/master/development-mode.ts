import { relative } from 'node:path'
import { SourceWatcher } from '../../app/source-watcher.ts'
import { log, warn } from '../../console/log.ts'
import { readableAddress } from '../../console/readable-address.ts'
import { devtoolsPath } from '../../devtools/page/path.ts'
import { printChanges } from '../../routes/format-routes.ts'
import type { WorkerMessage } from '../messages.ts'
import type { Exit, WorkerHandle } from './worker-handle.ts'

export interface DevelopmentOptions {
  /** Restarts the application. */
  readonly restart: () => void
  /** Starts a worker that shows a page with this problem instead of the application. */
  readonly spawnStandIn: (problem: string) => WorkerHandle
}

/**
 * The part of a master that only `tsgi dev` uses. Restarts the application when its files change, prints its routes,
 * and has a stand-in show the problem while the application cannot serve.
 */
export class DevelopmentMode {
  readonly #options: DevelopmentOptions
  readonly #printRoutes = printChanges()
  readonly #sources: SourceWatcher
  #standIn: WorkerHandle | undefined
  #late: NodeJS.Timeout | undefined

  constructor(options: DevelopmentOptions) {
    this.#options = options
    this.#sources = new SourceWatcher((file) => {
      log(`${relative('', file)} has changed, restarting`)
      this.#hide()
      options.restart()
    })
  }

  /** Called when the server listens. */
  listening(addresses: readonly string[]): void {
    const urls = addresses.map((address) => readableAddress(address).replace(/ .*/, ''))
    // Elsewhere, the page is not shown.
    const url = urls.find((url) => /^https?:\/\/(?:localhost|127\.[\d.]+|\[::1\]):/.test(url))
    if (url !== undefined) log(`devtools on ${url}${devtoolsPath}`)
  }

  /** Called when a worker starts to load the application. */
  loading(): void {
    clearTimeout(this.#late)
    this.#late = setTimeout(() => {
      const problem = `the application has not finished loading after ${LOAD_MS / 1_000} s`
      warn(`${problem}, still waiting`)
      this.#show(problem)
    }, LOAD_MS)
  }

  /** Called with the messages of workers that load the application. */
  receive(message: WorkerMessage): void {
    if (message.type === 'loaded') this.#sources.add(message.file)
    if (message.type !== 'ready') return
    this.#hide()
    this.#printRoutes(message.routes)
  }

  /** Called when a worker has exited without having been told to. */
  exited({ code, signal, error }: Exit): void {
    const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`
    this.#show(`the process of the application ${error === undefined ? how : `has failed: ${error.message}`}`)
  }

  #show(problem: string): void {
    this.#hide()
    this.#standIn = this.#options.spawnStandIn(problem)
  }

  #hide(): void {
    clearTimeout(this.#late)
    this.#standIn?.end('retire', STAND_IN_MS)
    this.#standIn = undefined
  }
}

/** Milliseconds to load the application before a page says so. */
const LOAD_MS = 5_000

/** Milliseconds for the responses of a stand-in. */
const STAND_IN_MS = 500
