import { bytes, type Environ, empty, setRoute, withHeaders } from '@tsgi/core'
import { evaluatePreconditions, parseHttpDate } from '@tsgi/core/http'
import { type CacheStatus, statusText } from './cache-status.ts'
import type { Policy } from './rules/policy.ts'
import type { StoredResponse } from './stores/store.ts'

/** Fields that are not stored: the cache writes its own, or they are only for the first client. */
const NOT_STORED: ReadonlySet<string> = new Set(['age', 'set-cookie'])

/** Creates the record of a response. */
export function storedFrom(
  { status, statusText, headers }: Pick<Response, 'status' | 'statusText' | 'headers'>,
  body: Uint8Array<ArrayBuffer>,
  policy: Policy,
  route: string | undefined,
): StoredResponse {
  const stored: Record<string, string> = {}
  for (const [name, value] of headers) if (!NOT_STORED.has(name)) stored[name] = value
  // RFC 9110 §6.6.1: a cache adds the date if there is none.
  stored.date ??= new Date(policy.createdAt).toUTCString()
  if (!NO_BODY.has(status)) stored['content-length'] = String(body.byteLength)
  return { ...policy, status, statusText, headers: stored, body, route }
}

/** Statuses whose responses have no `Content-Length` (RFC 9110 §8.6). */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/** Fields that describe the stored body, which a 304 does not replace (RFC 9111 §3.2). */
const ABOUT_BODY: ReadonlySet<string> = new Set(['content-length', 'content-encoding', 'content-range'])

/** Returns the header fields of a stored response, updated by those of a 304. */
export function updatedHeaders({ headers }: StoredResponse, update: Headers): Headers {
  const updated = new Headers(headers)
  // It is now as old as the 304.
  updated.delete('date')
  for (const [name, value] of update) {
    if (name === 'set-cookie') updated.append(name, value)
    else if (!ABOUT_BODY.has(name)) updated.set(name, value)
  }
  return updated
}

/** Returns the fields that ask the application whether a stored response is current; undefined if it has no validator. */
export function conditionsFor({ headers }: StoredResponse): Record<string, string> | undefined {
  const { etag, 'last-modified': modified } = headers
  if (etag === undefined && modified === undefined) return undefined
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(modified !== undefined && { 'if-modified-since': modified }),
  }
}

/** Reports whether a 304 is about a stored response (RFC 9111 §4.3.4). */
export function isAbout({ headers }: StoredResponse, update: Headers): boolean {
  const tag = update.get('etag')
  return tag === null || headers.etag === undefined || opaque(tag) === opaque(headers.etag)
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}

/** Creates the response to a request from a stored one: a 304 if the client has it already (RFC 9111 §4.3.2). */
export function respondWith(
  environ: Environ,
  stored: StoredResponse,
  name: string | false,
  status: CacheStatus,
): Response {
  const headers: Record<string, string> = { ...stored.headers }
  headers.age = String(Math.max(0, Math.floor((Date.now() - stored.createdAt) / 1000)))
  if (name !== false) {
    const text = statusText(name, status)
    const before = headers['cache-status']
    headers['cache-status'] = before === undefined ? text : `${before}, ${text}`
  }
  if (stored.route !== undefined) restoreRoute(environ, stored.route)
  if (stored.status === 200 && isNotModified(environ, stored.headers)) {
    for (const field of ['content-length', 'content-type', 'content-encoding']) delete headers[field]
    return empty(304, { headers })
  }
  const init = { status: stored.status, statusText: stored.statusText, headers }
  if (environ.method === 'HEAD' || NO_BODY.has(stored.status)) return empty(stored.status, init)
  const response = bytes(stored.body, init)
  return stored.headers['content-type'] === undefined
    ? withHeaders(response, { 'content-type': null })
    : response
}

/** The fields that identify a version of a response. */
interface ValidatorFields {
  readonly etag?: string
  readonly 'last-modified'?: string
}

export function validatorsOf(headers: Headers): ValidatorFields {
  const etag = headers.get('etag')
  const modified = headers.get('last-modified')
  return { ...(etag !== null && { etag }), ...(modified !== null && { 'last-modified': modified }) }
}

/** Reports whether the client has the current version of a response. */
export function isNotModified(
  environ: Environ,
  { etag, 'last-modified': modified }: ValidatorFields,
): boolean {
  if (etag === undefined && modified === undefined) return false
  const lastModified = modified === undefined ? undefined : parseHttpDate(modified)
  return evaluatePreconditions(environ, { etag, lastModified }) === 304
}

/** Sets `environ.route` to that of the request that created the response: logs and traces name it. */
function restoreRoute(environ: Environ, route: string): void {
  setRoute(environ, '')
  const mounts = environ.route ?? ''
  setRoute(environ, route.startsWith(mounts) ? route.slice(mounts.length) : undefined)
}
