import { HttpError } from '@tsgi/core'
import { messageOf } from '@tsgi/core/options'

/** Converts a value that middleware has thrown to an `Error`. */
export function toError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown
  } catch {
    // A revoked proxy.
  }
  return new Error(`The middleware failed with ${messageOf(thrown)}`, { cause: thrown })
}

interface ErrorWithStatus {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly expose?: unknown
  readonly message?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Converts an error with a status, such as those of `http-errors`, to an `HttpError`. */
export function toHttpError(thrown: unknown): Error {
  try {
    return withStatus(thrown)
  } catch {
    // Its members throw.
    return toError(thrown)
  }
}

function withStatus(thrown: unknown): Error {
  if (thrown instanceof HttpError || typeof thrown !== 'object' || thrown === null) return toError(thrown)
  const { status, statusCode, expose, message, headers } = thrown as ErrorWithStatus
  const code = Number(status ?? statusCode)
  if (!Number.isInteger(code) || code < 400 || code > 599) return toError(thrown)
  const detail = expose === true && typeof message === 'string' ? message : undefined
  return new HttpError(code, detail, { cause: thrown, ...(isHeaders(headers) ? { headers } : {}) })
}

function isHeaders(headers: unknown): headers is Readonly<Record<string, string>> {
  return typeof headers === 'object' && headers !== null
}
