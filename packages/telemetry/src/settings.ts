import type { Environ } from '@tsgi/core'
import { checkBoolean, checkOptions, describe } from '@tsgi/core/options'

/** The options of `telemetry`. */
export interface TelemetryOptions {
  /** The names of request header fields to add to spans. They may contain secrets. Default: none. */
  readonly requestHeaders?: readonly string[]
  /** The names of response header fields to add to spans. Default: none. */
  readonly responseHeaders?: readonly string[]
  /** Whether spans have the query, which may contain secrets. Default: `false`. */
  readonly query?: boolean
  /** Returns whether to leave a request out, for example a health check. Default: never. */
  readonly ignore?: (environ: Environ) => boolean
}

/** The checked options. */
export interface Settings {
  readonly requestHeaders: readonly string[]
  readonly responseHeaders: readonly string[]
  readonly query: boolean
}

/** @throws TypeError naming the option that is unknown or invalid. */
export function readSettings(options: TelemetryOptions): Settings {
  checkOptions('telemetry', options, ['requestHeaders', 'responseHeaders', 'query', 'ignore'])
  const { requestHeaders = [], responseHeaders = [], query = false, ignore } = options
  for (const [name, value] of Object.entries({ requestHeaders, responseHeaders })) {
    if (
      !Array.isArray(value) ||
      value.some((each) => typeof each !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(each))
    ) {
      throw new TypeError(`telemetry: ${name} must be a list of header names, got ${describe(value)}`)
    }
  }
  checkBoolean('telemetry: query', query)
  if (ignore !== undefined && typeof ignore !== 'function') {
    throw new TypeError(`telemetry: ignore must be a function, got ${describe(ignore)}`)
  }
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase())
  return { requestHeaders: lower(requestHeaders), responseHeaders: lower(responseHeaders), query }
}
