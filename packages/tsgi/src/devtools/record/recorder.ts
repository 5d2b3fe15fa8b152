import { EventEmitter } from 'node:events'
import { type Application, chain, type Environ, handle } from '@tsgi/core'
import { sentStatus, setErrorLog } from '@tsgi/core/gateway'
import { contractKeys } from './environ-keys.ts'
import { ErrorList, isFailure } from './error-list.ts'
import { Recording } from './recording.ts'
import { createRecord, type RequestRecord } from './request-record.ts'

const MAX_REQUESTS = 50

/** Records the latest requests of an application. Emits `change`. */
export class Recorder extends EventEmitter<{ change: [] }> {
  readonly startedAt: Date = new Date()
  /** The latest first. */
  readonly requests: RequestRecord[] = []
  readonly errors: ErrorList = new ErrorList()
  /** The keys that every environ has. */
  contractKeys: readonly string[] = []
  #count = 0
  #changes = 0

  constructor() {
    super()
    // Each open page listens.
    this.setMaxListeners(0)
  }

  /** Identifies the state of the lists. */
  get version(): string {
    return `${this.startedAt.getTime()}-${this.#changes}`
  }

  /** Calls the application, and records the request. */
  record(app: Application, environ: Environ): Response | Promise<Response> {
    const record = createRecord(++this.#count, environ, app.name)
    this.requests.unshift(record)
    this.requests.splice(MAX_REQUESTS)
    this.contractKeys = contractKeys(environ)
    const recording = new Recording(record, this.errors)
    const { errors } = environ
    setErrorLog(environ, {
      write: (problem, request) => {
        this.errors.add(problem, record, request)
        this.#changed()
        errors.write(problem, request)
      },
    })
    environ.finished.then(({ bytes, aborted, error }) => {
      record.end = { at: recording.elapsed, bytes, aborted }
      if (isFailure(error)) this.errors.add(error, record)
      this.#changed()
    })
    this.#changed()
    const safe: Application = (environ) => handle(app, environ)
    return chain(recording.run(record.root, safe, environ), (response) => {
      // Otherwise the client has left, or the gateway has responded because the application took too long.
      if (record.end === undefined) record.status = sentStatus(environ, response)
      record.route = environ.route
      this.#changed()
      return response
    })
  }

  #changed(): void {
    this.#changes++
    this.emit('change')
  }
}
