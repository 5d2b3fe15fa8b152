import { type Environ, HttpError, type ReportedRequest } from '@tsgi/core'
import { errorText, isError } from './error-text.ts'
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
  text: string
}

const MAX_ERRORS = 20
const MAX_PATH = 300

/** The latest errors. Each is listed once for a request, although several parts of a gateway may see it. */
export class ErrorList {
  /** The latest first. */
  readonly entries: ErrorRecord[] = []
  readonly #problems = new WeakMap<ErrorRecord, { readonly problem: unknown; readonly isThrown: boolean }>()
  #count = 0

  /** Adds a problem of a request, unless it is listed already. */
  add(problem: unknown, record: RequestRecord, request?: ReportedRequest): void {
    const known = this.#find(
      record,
      (other, isThrown) => isSame(other, problem) || (isThrown && wraps(problem, other)),
    )
    if (known === undefined) this.#list(problem, record, { request, isThrown: false })
    else known.text = errorText(problem)
  }

  /** Records which layer has thrown a value. Adds a value that is reported later, or was reported to another log. */
  locate(thrown: unknown, layer: string, record: RequestRecord, environ: Environ): void {
    const entry =
      this.#find(record, (other) => isSame(other, thrown) || wraps(other, thrown)) ??
      (isReported(thrown, environ) ? this.#list(thrown, record, { isThrown: true }) : undefined)
    if (entry !== undefined) entry.layer ??= layer
  }

  #list(
    problem: unknown,
    record: RequestRecord,
    { request, isThrown }: { request?: ReportedRequest | undefined; isThrown: boolean },
  ): ErrorRecord {
    const entry: ErrorRecord = {
      id: ++this.#count,
      at: new Date(),
      request: record.id,
      method: record.method,
      path: shorten(request?.path ?? record.path, MAX_PATH),
      route: request ? request.route : record.route,
      layer: undefined,
      text: errorText(problem),
    }
    this.#problems.set(entry, { problem, isThrown })
    this.entries.unshift(entry)
    this.entries.splice(MAX_ERRORS)
    return entry
  }

  #find(
    { id }: RequestRecord,
    matches: (problem: unknown, isThrown: boolean) => boolean,
  ): ErrorRecord | undefined {
    return this.entries.find((entry) => {
      const { problem, isThrown } = this.#problems.get(entry)!
      return entry.request === id && matches(problem, isThrown)
    })
  }
}

/** Texts are not compared: the same text may be reported twice. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b && (typeof a === 'object' || typeof a === 'function') && a !== null
}

/** A thrown value that is not an `Error` is reported as the cause of one. */
function wraps(problem: unknown, thrown: unknown): boolean {
  try {
    return !isError(thrown) && problem instanceof Error && 'cause' in problem && problem.cause === thrown
  } catch {
    return false
  }
}

/** Whether a response ended with an error. A client that leaves is not one. Never throws, whatever the error is. */
export function isFailure(error: unknown): boolean {
  try {
    return error instanceof Error && error.name !== 'AbortError'
  } catch {
    return true
  }
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
