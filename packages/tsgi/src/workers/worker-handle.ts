import cluster, { type Worker } from 'node:cluster'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { LAST_WORDS_FD, type LastWords, type MasterMessage, type WorkerMessage } from './messages.ts'

/** How a process ended: with a code, or by a signal. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** What a worker tells of itself. */
export interface WorkerEvents {
  readonly onReady: () => void
  readonly onMessage: (message: WorkerMessage) => void
  readonly onLastWords: (words: LastWords) => void
  readonly onExit: (exit: Exit) => void
  /** All that it has said was heard. */
  readonly onSilent: () => void
}

/** A worker, as the master sees it. */
export class WorkerHandle {
  readonly startedAt: number = performance.now()
  /** `retiring` from when it was told to end. */
  state: 'booting' | 'serving' | 'retiring' = 'booting'
  /** Why another is to take its place. */
  outdated: string | undefined
  /** How it ended before it could serve; `undefined` once it serves. */
  readonly booted: Promise<Exit | undefined>
  readonly exited: Promise<Exit>
  readonly #worker: Worker

  constructor(start: MasterMessage, events: WorkerEvents) {
    this.#worker = cluster.fork()
    const booted = Promise.withResolvers<Exit | undefined>()
    const exited = Promise.withResolvers<Exit>()
    this.booted = booted.promise
    this.exited = exited.promise
    this.#worker.on('message', (message: WorkerMessage | null) => {
      // An application may send messages of its own.
      if (typeof message?.type !== 'string') return
      if (message.type === 'ready' && this.state === 'booting') {
        this.state = 'serving'
        events.onReady()
        booted.resolve(undefined)
      }
      events.onMessage(message)
    })
    // A process that cannot be reached is about to exit, which is heard of below.
    this.#worker.on('error', () => {})
    this.#worker.on('exit', (code: number | null, signal: string | null) => {
      events.onExit({ code, signal })
      booted.resolve({ code, signal })
      exited.resolve({ code, signal })
      // What it has written is read in this turn of the event loop; a channel with a connection in it never ends.
      setTimeout(events.onSilent, 0)
    })
    const pipe = this.#worker.process.stdio[LAST_WORDS_FD] as Readable
    createInterface({ input: pipe }).on('line', (line) => {
      const words = lastWords(line)
      if (words !== undefined) events.onLastWords(words)
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

  /** Sends a message, and with it a connection, which stays open here too. */
  send(message: MasterMessage, socket?: Socket): void {
    if (this.reachable) this.#worker.process.send(message, socket, { keepOpen: true }, () => {})
  }

  /** Kills the process, and calls `onLate`, if it does not begin to serve in time. */
  limitBoot(milliseconds: number, onLate: () => void): void {
    const timer = setTimeout(() => {
      onLate()
      this.kill()
    }, milliseconds)
    this.booted.then(() => clearTimeout(timer))
  }

  /** Tells the process to end, and kills it if it has not ended in time. */
  async end(type: 'retire' | 'stop', gracefulTimeout: number): Promise<void> {
    const { state } = this
    this.state = 'retiring'
    // One that does not serve yet has nothing to finish, and may not be able to listen.
    if (state === 'booting') this.kill()
    else this.send({ type })
    const timer = setTimeout(() => this.kill(), gracefulTimeout + KILL_AFTER_MS)
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

/** How much longer than `gracefulTimeout` a worker gets to report that it has ended. */
const KILL_AFTER_MS = 1_000

/** Reads what came through the pipe for it, which was cut off where the process was killed meanwhile. */
function lastWords(line: string): LastWords | undefined {
  try {
    return JSON.parse(line) as LastWords
  } catch {
    return undefined
  }
}
