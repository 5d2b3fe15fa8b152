import type { HeaderInit } from '../http/header-init.ts'
import { checkOptions } from '../options/check-options.ts'
import type { CookieJar } from './cookie-jar.ts'

/** The settings that all requests of a client share. */
export interface RequestDefaults {
  /** The URL that paths are resolved against. Default: `http://localhost`. */
  readonly baseUrl?: string
  /** Headers for every request. */
  readonly headers?: HeaderInit
}

/** The options of one request. */
export interface ClientInit extends Omit<RequestInit, 'redirect' | 'method'> {
  /** A value to send as JSON. */
  readonly json?: unknown
  /** A form. A record or `URLSearchParams` is sent urlencoded, a `FormData` as multipart. */
  readonly form?: Readonly<Record<string, string | readonly string[]>> | URLSearchParams | FormData
  /** Whether to follow redirects: at most 20, on the same host. Default: `'manual'`, which returns the redirect. */
  readonly redirect?: 'follow' | 'manual'
}

/** `json`, `form` and what the Fetch standard and the runtimes know. */
const initNames = [
  ...[
    'json',
    'form',
    'method',
    'headers',
    'body',
    'redirect',
    'signal',
    'duplex',
    'mode',
    'credentials',
    'cache',
  ],
  ...['referrer', 'referrerPolicy', 'integrity', 'keepalive', 'priority', 'window', 'dispatcher', 'cf'],
]

/** Creates the request for a method, a path and its options. */
export function makeRequest(
  method: string,
  path: string,
  options: ClientInit,
  { baseUrl = 'http://localhost', headers: always }: RequestDefaults,
  cookies: CookieJar,
): Request {
  checkOptions('client', options, initNames)
  const { json, form, redirect: _, ...init } = options
  if (json !== undefined && form !== undefined) throw new TypeError('client: pass json or form, not both')
  const url = path.startsWith('/') ? new URL(new URL(baseUrl).origin + path) : new URL(path, baseUrl)
  const headers = new Headers(always)
  for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
  let body = init.body ?? null
  if (json !== undefined) {
    body = JSON.stringify(json)
    if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  } else if (form !== undefined) {
    body = form instanceof FormData || form instanceof URLSearchParams ? form : urlencoded(form)
  }
  const cookie = cookies.header(url)
  if (cookie !== '' && !headers.has('cookie')) headers.set('cookie', cookie)
  // A stream requires `duplex`, which the types of `RequestInit` lack.
  return new Request(url, { ...init, method, headers, body, duplex: 'half' } as RequestInit)
}

function urlencoded(form: Readonly<Record<string, string | readonly string[]>>): URLSearchParams {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const each of typeof value === 'string' ? [value] : value) parameters.append(name, each)
  }
  return parameters
}

const ABOUT_REQUEST_BODY = [
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-location',
]

/** Returns the target of a redirect, or `undefined` if there is none or it is on another host. */
export function redirectTarget({ status, headers }: Response, request: Request): URL | undefined {
  const location = headers.get('location')
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return undefined
  const target = URL.parse(location, request.url)
  if (target === null)
    throw new TypeError(`client: the redirect from ${request.url} to '${location}' is not a URL`)
  return target.host === new URL(request.url).host && /^https?:$/.test(target.protocol) ? target : undefined
}

/** Creates the request that follows a redirect (Fetch standard, "HTTP-redirect fetch"). */
export function redirected(request: Request, status: number, url: URL, cookies: CookieJar): Request {
  const toGet =
    (status === 303 && request.method !== 'GET' && request.method !== 'HEAD') ||
    ((status === 301 || status === 302) && request.method === 'POST')
  const headers = new Headers(request.headers)
  const cookie = cookies.header(url)
  if (cookie === '') headers.delete('cookie')
  else headers.set('cookie', cookie)
  if (!toGet) return new Request(url, new Request(request, { headers }))
  for (const name of ABOUT_REQUEST_BODY) headers.delete(name)
  return new Request(url, { method: 'GET', headers, signal: request.signal })
}
