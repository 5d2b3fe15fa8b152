import cluster, { type Worker } from 'node:cluster'
import type { Socket } from 'node:net'
import { extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { warn } from '../../console/log.ts'
import {
  type Envelope,
  LAST_WORDS_FD,
  type LastWords,
  type MasterMessage,
  type WorkerMessage,
} from '../messages.ts'
import type { RelayEvent } from '../relay/relay-messages.ts'

/** How a process ended: with a code, by a signal, or with an error if it could not be started. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
  readonly error?: NodeJS.ErrnoException
}

/** Sets up how workers are started. Called once. */
export function setUpWorkers(): void {
  cluster.setupPrimary({
    exec: join(import.meta.dirname, `../worker/worker-main${extname(import.meta.filename)}`),
    args: [],
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', 'pipe'],
  })
}

/** The events of a worker. */
export interface WorkerEvents {
  readonly onReady: () => void
  readonly onMessage: (message: WorkerMessage) => void
  /** The watchdog of the worker kills it, because its event loop was blocked for too long. */
  readonly onBlocked: () => void
  readonly onExit: (exit: Exit) => void
  /** All messages of the worker have been received. */
  readonly onSilent: () => void
}

/** The master's handle on a worker process. */
export class WorkerHandle {
  readonly startedAt: number = performance.now()
  /** `unresponsive` while the worker does not reply to pings, `retiring` after it has been told to exit. */
  state: 'booting' | 'serving' | 'unresponsive' | 'retiring' = 'booting'
  /** Whether a debugger, which blocks the event loop on purpose, was attached at the start. */
  isDebugged = false
  /** Why the worker has to be replaced. */
  outdated: string | undefined
  /** Resolves with `undefined` when the worker is serving, or with its exit if it exits before that. */
  readonly booted: Promise<Exit | undefined>
  readonly exited: Promise<Exit>
  readonly #worker: Worker
  /** Milliseconds that the worker may take to stop its resources. */
  #stopLimit = 0
  #check: PromiseWithResolvers<readonly string[] | undefined> | undefined

  constructor(start: MasterMessage, events: WorkerEvents) {
    this.#worker = cluster.fork()
    const booted = Promise.withResolvers<Exit | undefined>()
    const exited = Promise.withResolvers<Exit>()
    this.booted = booted.promise
    this.exited = exited.promise
    this.#worker.on('message', (envelope: Envelope<WorkerMessage> | null) => {
      const message = envelope?.tsgi
      if (message === undefined) return
      if (message.type === 'ready' && this.state === 'booting') {
        this.state = 'serving'
        this.isDebugged = message.isDebugged
        events.onReady()
        booted.resolve(undefined)
      }
      if (message.type === 'starting') this.#stopLimit = message.stopLimit
      if (message.type === 'checked') this.#checked(message.failed)
      events.onMessage(message)
    })
    const end = (exit: Exit) => {
      events.onExit(exit)
      booted.resolve(exit)
      exited.resolve(exit)
      // The last messages arrive in this turn of the event loop. A channel with a pending connection never ends.
      setTimeout(events.onSilent, 0)
    }
    // A process that cannot be reached is about to exit.
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      if (this.pid === undefined) end({ code: null, signal: null, error })
    })
    this.#worker.on('exit', (code: number | null, signal: string | null) => end({ code, signal }))
    if (this.pid === undefined) return
    const pipe = this.#worker.process.stdio[LAST_WORDS_FD] as Readable
    createInterface({ input: pipe }).on('line', (line) => {
      const words = lastWords(line)
      if (words === undefined) return
      warn(`killing ${this}: ${describeBlock(words)}`)
      events.onBlocked()
    })
    this.send(start)
  }

  get id(): number {
    return this.#worker.id
  }

  get pid(): number | undefined {
    return this.#worker.process.pid
  }

  get reachable(): boolean {
    return this.#worker.isConnected()
  }

  /** Sends a message, with a connection if one is given. The connection stays open in the master. */
  send(message: MasterMessage, socket?: Socket): void {
    const envelope: Envelope<MasterMessage> = { tsgi: message }
    if (this.reachable) this.#worker.process.send(envelope, socket, { keepOpen: true }, () => {})
  }

  /** Sends an event of the channels. Calls `done` when it has been sent, or cannot be sent. */
  relay(event: RelayEvent, done: () => void): void {
    const envelope: Envelope<MasterMessage> = { tsgi: { type: 'relay', event } }
    if (this.reachable) this.#worker.process.send(envelope, done)
    else done()
  }

  /** Kills the process and calls `onLate` if it is not ready in time. */
  limitBoot(milliseconds: number, onLate: () => void): void {
    const timer = setTimeout(() => {
      onLate()
      this.kill()
    }, milliseconds)
    this.booted.then(() => clearTimeout(timer))
  }

  /** Returns the names of the resources that are not ready; undefined if the process does not reply. */
  check(): Promise<readonly string[] | undefined> {
    if (this.#check === undefined) {
      this.#check = Promise.withResolvers()
      this.send({ type: 'check' })
      const timer = setTimeout(() => this.#checked(undefined), CHECK_MS)
      this.#check.promise.then(() => clearTimeout(timer))
    }
    return this.#check.promise
  }

  #checked(failed: readonly string[] | undefined): void {
    this.#check?.resolve(failed)
    this.#check = undefined
  }

  /** Tells the process to exit, and kills it if it has not exited in time. */
  async end(type: 'retire' | 'stop', gracefulTimeout: number): Promise<void> {
    const isBooting = this.state === 'booting'
    this.state = 'retiring'
    // A process that is not ready has only resources to stop, and may be unable to receive messages.
    if (isBooting && this.#stopLimit === 0) this.kill()
    else this.send({ type })
    const limit = this.#stopLimit + (isBooting ? 0 : gracefulTimeout)
    const timer = setTimeout(() => this.kill(), limit + KILL_AFTER_MS)
    await this.exited
    clearTimeout(timer)
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }

  toString(): string {
    return `worker ${this.id} (pid ${this.pid})`
  }
}

/** Milliseconds for a process to say whether its resources are ready. They have 2 s. */
const CHECK_MS = 3_000

/** Milliseconds beyond its limits before the process is killed. */
const KILL_AFTER_MS = 1_000

/** Parses a line of the pipe. It is incomplete if the process was killed while writing it. */
function lastWords(line: string): LastWords | undefined {
  try {
    return JSON.parse(line) as LastWords
  } catch {
    return undefined
  }
}

function describeBlock({ blocked, requests }: LastWords): string {
  const during = requests.length === 0 ? 'outside of requests' : `during ${requests.join(', ')}`
  return `its event loop was blocked for ${blocked / 1000} s ${during}`
}
