import { AsyncLocalStorage } from 'node:async_hooks'
import { type Application, chain, type Environ, errorOf, HttpError, type Layer } from '@tsgi/core'
import type { LayerObserver } from '@tsgi/core/gateway'
import { messageOf } from '@tsgi/core/options'
import { changedKeys, type EnvironKeys, readKeys } from './environ-keys.ts'
import type { ErrorList } from './error-list.ts'
import { type LayerCall, nameOfLayer, startCall } from './layer-call.ts'
import type { RequestRecord } from './request-record.ts'
import { shorten } from './shorten.ts'

/** Maximum number of calls of layers that are recorded for one request. */
const MAX_CALLS = 100
const MAX_MESSAGE = 200

/** The layer that runs, and the request that it runs for. */
interface Running {
  readonly recording: Recording
  readonly call: LayerCall
  /** The environ that it was called with; undefined when it has returned. */
  keys: EnvironKeys | undefined
}

const running = new AsyncLocalStorage<Running>()

/** Records the calls of a layer, each for the request that it belongs to. */
export const observeLayer: LayerObserver = (app, layer) => {
  return function observed(environ: Environ): Response | Promise<Response> {
    const outer = running.getStore()
    const call = outer?.recording.begin(outer, layer, environ)
    if (outer === undefined || call === undefined) return app(environ as never)
    return outer.recording.run(call, app as Application, environ)
  }
}

/** The recording of one request. */
export class Recording {
  readonly #record: RequestRecord
  readonly #errors: ErrorList
  readonly #startedAt = performance.now()
  /** What has been thrown so far: every layer around sees it, too. */
  readonly #thrown = new Set<unknown>()
  #calls = 1

  constructor(record: RequestRecord, errors: ErrorList) {
    this.#record = record
    this.#errors = errors
  }

  /** Milliseconds since the request began. */
  get elapsed(): number {
    return performance.now() - this.#startedAt
  }

  /** Records that a layer calls another one. Returns undefined if there are too many calls, or the request has ended. */
  begin({ call: outer, keys }: Running, layer: Layer, environ: Environ): LayerCall | undefined {
    if (this.#record.end !== undefined) return undefined
    if (++this.#calls > MAX_CALLS) {
      this.#record.omittedCalls++
      return undefined
    }
    if (keys !== undefined && outer.inside.length === 0) {
      outer.changes.push(...changedKeys(keys, readKeys(environ)))
    }
    const call = startCall(layer, this.elapsed)
    outer.inside.push(call)
    return call
  }

  /** Calls a layer, which never throws. */
  run(call: LayerCall, app: Application, environ: Environ): Response | Promise<Response> {
    const context: Running = { recording: this, call, keys: readKeys(environ) }
    return running.run(context, () =>
      chain(app(environ), (response) => {
        context.keys = undefined
        this.#end(call, response, environ)
        return response
      }),
    )
  }

  #end(call: LayerCall, response: Response, environ: Environ): void {
    call.end = this.elapsed
    call.status = response.status
    const thrown = errorOf(response)
    if (thrown === undefined || this.#thrown.has(thrown)) return
    this.#thrown.add(thrown)
    call.thrown = summaryOf(thrown)
    this.#errors.locate(thrown, nameOfLayer(call.layer), this.#record, environ)
  }
}

function summaryOf(thrown: unknown): string {
  try {
    const name = thrown instanceof HttpError ? `HttpError ${thrown.status}` : (thrown as Error).name
    return shorten(`${typeof name === 'string' ? name : 'Error'}: ${messageOf(thrown)}`, MAX_MESSAGE)
  } catch {
    return 'an error'
  }
}
