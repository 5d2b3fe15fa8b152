import { type Environ, HttpError, type ReportedRequest } from '@tsgi/core'
import { errorText } from './error-text.ts'
import type { RequestRecord } from './request-record.ts'
import { shorten } from './shorten.ts'

/** A problem that was reported, or an unexpected error that a layer has thrown. */
export interface ErrorRecord {
  readonly id: number
  readonly at: Date
  /** The id of the record of the request. */
  readonly request: number
  readonly method: string
  readonly path: string
  readonly route: string | undefined
  /** The name of the layer that has thrown it, if one has. */
  layer: string | undefined
  /** The stack, or the text that was reported. */
  readonly text: string
}

const MAX_ERRORS = 20
const MAX_PATH = 300

/** The latest errors. Each is listed once for a request, although several parts of a gateway may see it. */
export class ErrorList {
  /** The latest first. */
  readonly entries: ErrorRecord[] = []
  readonly #byProblem = new WeakMap<object, ErrorRecord>()
  #count = 0

  /** Adds a problem of a request, unless it is listed already. */
  add(problem: unknown, record: RequestRecord, request?: ReportedRequest): ErrorRecord {
    const known = this.#find(problem, record)
    if (known !== undefined) return known
    const entry: ErrorRecord = {
      id: ++this.#count,
      at: new Date(),
      request: record.id,
      method: record.method,
      path: shorten(request?.path ?? record.path, MAX_PATH),
      route: request === undefined ? record.route : request.route,
      layer: undefined,
      text: errorText(problem),
    }
    if (isObject(problem)) this.#byProblem.set(problem, entry)
    this.entries.unshift(entry)
    this.entries.splice(MAX_ERRORS)
    return entry
  }

  /** Records which layer has thrown a value. Adds a value that was reported to another log. */
  locate(thrown: unknown, layer: string, record: RequestRecord, environ: Environ): void {
    const entry = this.#find(thrown, record) ?? this.#wrapped(thrown, record)
    if (entry !== undefined) entry.layer ??= layer
    else if (isReported(thrown, environ)) this.add(thrown, record).layer = layer
  }

  #find(problem: unknown, record: RequestRecord): ErrorRecord | undefined {
    const entry = isObject(problem) ? this.#byProblem.get(problem) : undefined
    return entry?.request === record.id ? entry : undefined
  }

  /** A thrown value that is not an `Error` is reported as the cause of one, immediately before this. */
  #wrapped(thrown: unknown, record: RequestRecord): ErrorRecord | undefined {
    const [latest] = this.entries
    return !isError(thrown) && latest?.request === record.id ? latest : undefined
  }
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error
  } catch {
    // A proxy that has been revoked.
    return false
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Whether a gateway reports a thrown value: unless it says not to, or only says that the request was aborted. */
function isReported(thrown: unknown, { signal }: Environ): boolean {
  try {
    if (thrown instanceof HttpError) return thrown.report
    return !signal.aborted || (thrown !== signal.reason && (thrown as Error).name !== 'AbortError')
  } catch {
    return true
  }
}
