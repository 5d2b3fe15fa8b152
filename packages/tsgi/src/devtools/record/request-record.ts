import type { Environ } from '@tsgi/core'
import { type LayerCall, startCall } from './layer-call.ts'
import { shorten } from './shorten.ts'

/** A request, without any value that could be a secret: no header fields, no bodies, no values of the query. */
export interface RequestRecord {
  readonly id: number
  readonly at: Date
  readonly method: string
  readonly path: string
  /** The names of the query's parameters. */
  readonly queryNames: readonly string[]
  readonly root: LayerCall
  /** The number of calls that are not recorded, because there were too many. */
  omittedCalls: number
  route: string | undefined
  /** The status of the response, or undefined before the response. */
  status: number | undefined
  /** How the response ended; undefined until then. */
  end: RequestEnd | undefined
}

/** How a response ended. */
export interface RequestEnd {
  /** Milliseconds since the request began. */
  readonly at: number
  readonly bytes: number
  /** Whether it was cut off. */
  readonly aborted: boolean
}

const MAX_PATH = 300
const MAX_QUERY_NAMES = 20
const MAX_NAME = 80

export function createRecord(id: number, environ: Environ, name: string): RequestRecord {
  const { method, scriptName, pathInfo, queryString } = environ
  const names = new Set(new URLSearchParams(queryString).keys())
  return {
    id,
    at: new Date(),
    method: shorten(method, MAX_NAME),
    path: shorten(scriptName + pathInfo, MAX_PATH),
    queryNames: [...names].slice(0, MAX_QUERY_NAMES).map((name) => shorten(name, MAX_NAME)),
    root: startCall({ kind: 'application', name }, 0),
    omittedCalls: 0,
    route: undefined,
    status: undefined,
    end: undefined,
  }
}
