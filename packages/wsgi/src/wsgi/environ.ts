import type { Environ } from '@tsgi/core'
import { decodePathBytes } from '@tsgi/core/gateway'
import type { WsgiEnviron } from '../contract/types.ts'
import { ErrorStream } from './error-stream.ts'
import { InputStream } from './input-stream.ts'

/** The own keys of an environ that are part of the contract. All others were added by middleware. */
const OWN_KEYS: ReadonlySet<string> = new Set(['method', 'scriptName', 'pathInfo', 'queryString'])

/** Creates the WSGI environ of a request. */
export function toWsgiEnviron(environ: Environ): WsgiEnviron {
  const { method, scheme, host, gateway, remoteAddress, errors } = environ
  const [, name = '', port = scheme === 'https' ? '443' : '80'] = /^(.*?)(?::(\d*))?$/.exec(host) ?? []
  const made: WsgiEnviron = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: decodePathBytes(environ.scriptName),
    PATH_INFO: decodePathBytes(environ.pathInfo),
    QUERY_STRING: environ.queryString,
    SERVER_NAME: name,
    SERVER_PORT: port,
    SERVER_PROTOCOL: environ.protocol,
    // Not from the Host field: the gateway has resolved trusted proxies and absolute request targets.
    HTTP_HOST: host,
    SERVER_SOFTWARE: `${gateway.name}/${gateway.version}`,
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': scheme,
    'wsgi.input': new InputStream(() => environ.request.body),
    'wsgi.errors': new ErrorStream(errors),
    // There are no threads, but calls overlap as if there were.
    'wsgi.multithread': true,
    'wsgi.multiprocess': gateway.multiprocess,
    'wsgi.run_once': false,
  }
  if (remoteAddress !== '') made.REMOTE_ADDR = remoteAddress
  if (scheme === 'https') made.HTTPS = 'on'
  addHeaders(made, environ.headers)
  addExtensions(made, environ)
  return made
}

function addHeaders(made: WsgiEnviron, headers: Headers): void {
  for (const [name, value] of headers) {
    if (name === 'content-type') made.CONTENT_TYPE = value
    else if (name === 'content-length') made.CONTENT_LENGTH = value
    else if (isMapped(name)) made[`HTTP_${name.replaceAll('-', '_').toUpperCase()}`] = value
  }
}

/** HTTP clients obey the variable `HTTP_PROXY`. The gateway has already decoded the transfer coding. */
const UNMAPPED: ReadonlySet<string> = new Set(['host', 'proxy', 'transfer-encoding'])

/** With an underscore in its name, one field could be mistaken for another: `X_User` for `X-User`. */
function isMapped(name: string): boolean {
  return /^[a-z\d-]+$/.test(name) && !UNMAPPED.has(name)
}

/** Adds variables that WSGI does not define, and the keys of outer middleware. */
function addExtensions(made: WsgiEnviron, environ: Environ): void {
  made['tsgi.signal'] = environ.signal
  made['tsgi.wait_until'] = environ.waitUntil
  for (const [key, value] of Object.entries(environ)) {
    if (!OWN_KEYS.has(key)) made[`tsgi.${key}`] = value
  }
}
