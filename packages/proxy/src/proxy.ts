import type { Application, Environ } from '@tsgi/core'
import { type Client, Pool } from 'undici'
import { Connector, serverNameOf } from './connector.ts'
import { Exchange, type ExchangeContext } from './exchange.ts'
import { type ProxyOptions, readSettings } from './options.ts'
import { type RequestHead, requestHead } from './request-head.ts'
import { responseHead } from './response-head.ts'
import { Slots } from './slots.ts'
import { Upload } from './upload.ts'
import { clientLeft, upstreamError } from './upstream-error.ts'
import { acceptFrom, checkPage } from './websocket/handshake.ts'
import type { Tunnel } from './websocket/tunnel.ts'
import { Tunnels } from './websocket/tunnels.ts'

/** An application that forwards requests, made by {@link proxy}. Its end closes the connections. */
export interface ProxyApplication extends Application, AsyncDisposable {}

/**
 * Creates an application that forwards requests to an HTTP/1.1 server. Bodies are streamed in both directions and not
 * decoded, and redirects are not followed. If it is mounted, the prefix is removed from the path and sent as
 * `X-Forwarded-Prefix`.
 *
 * WebSockets are forwarded, too, if the server accepts them.
 *
 * The application throws `HttpError` 502 if the upstream server cannot be reached or its response is invalid, 503 if
 * too many requests are waiting, 504 if it is too slow, and 501 for CONNECT and TRACE.
 *
 * @param upstream The URL of the server. Its path is put before the path of each request.
 * @throws TypeError if the URL is invalid, or an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { mount, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { proxy } from '@tsgi/proxy'
 * import { serve } from '@tsgi/server'
 *
 * // Any HTTP server works, for example this one.
 * const upstream = await serve(({ pathInfo }) => text(`upstream: ${pathInfo}`), { listen: 'http://127.0.0.1:0' })
 *
 * const api = proxy(upstream.addresses[0]!)
 * const application = mount('/api', api)(() => text('page'))
 *
 * const response = await client(application).get('/api/users')
 * await response.text() // => 'upstream: /users'
 * await api[Symbol.asyncDispose]()
 * await upstream.close()
 * ```
 */
export function proxy(upstream: string | URL, options: ProxyOptions = {}): ProxyApplication {
  const settings = readSettings(upstream, options)
  const { url, limits, via } = settings
  const connector = new Connector(settings)
  const pool = new Pool(url.origin, {
    factory: (origin, options: Client.Options) =>
      connector.createClient(origin, { ...options, maxHeaderSize: limits.maxHeaderSize }),
    connections: limits.maxConnections,
    headersTimeout: limits.headersTimeout,
    bodyTimeout: limits.bodyTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    maxHeaderSize: limits.maxHeaderSize,
    allowH2: false,
  })
  const slots = new Slots(limits.maxConnections, limits.maxQueued, limits.connectTimeout)
  // Otherwise undici would use the Host field, which the client may choose.
  const serverName = { servername: serverNameOf(settings) }
  const tunnels = new Tunnels(limits.maxWebSockets)
  let closing: Promise<unknown> | undefined

  async function send(
    head: RequestHead,
    { signal }: Environ,
    body: Body | null,
    onUpgrade?: OnUpgrade,
  ): Promise<Exchange> {
    await slots.take(signal)
    if (signal.aborted) {
      slots.release()
      throw clientLeft(signal)
    }
    const upload = body === null ? undefined : new Upload(body)
    const onEnd = () => slots.release()
    const { method } = head
    const { headersTimeout } = limits
    const exchange = new Exchange({ method, signal, upload, via, headersTimeout, onUpgrade, onEnd })
    const upgrade = onUpgrade === undefined ? null : 'websocket'
    try {
      pool.dispatch({ ...head, ...serverName, body: upload?.stream ?? null, upgrade }, exchange)
    } catch (error) {
      exchange.fail(error)
    }
    return exchange
  }

  async function forward(environ: Environ, onUpgrade?: OnUpgrade): Promise<Response> {
    const body = bodyOf(environ)
    const head = requestHead(environ, settings, body && environ.headers.get('content-length'))
    const exchange = await send(head, environ, body, onUpgrade)
    try {
      return await exchange.response
    } catch (error) {
      const canRetry = body === null && IDEMPOTENT.has(head.method) && !exchange.hasBegun
      if (!canRetry || !connector.isStale(error)) throw upstreamError(error)
    }
    const second = await send(head, environ, null, onUpgrade)
    return second.response.catch((error: unknown) => {
      throw upstreamError(error)
    })
  }

  async function forwardHandshake(environ: Environ): Promise<Response> {
    checkPage(environ, settings.origins)
    tunnels.reserve()
    let isAccepted = false
    try {
      return await forward(environ, (socket, raw) => {
        const opened = (tunnel: Tunnel) => tunnels.add(tunnel)
        const { headers } = responseHead('GET', 101, '', raw, via)
        const response = acceptFrom(environ, { socket, raw, headers }, opened, () => tunnels.release())
        isAccepted = true
        return response
      })
    } finally {
      if (!isAccepted) tunnels.release()
    }
  }

  async function proxyApplication(environ: Environ): Promise<Response> {
    return environ.upgrade === undefined ? forward(environ) : forwardHandshake(environ)
  }

  return Object.assign(proxyApplication, {
    async [Symbol.asyncDispose]() {
      closing ??= Promise.all([tunnels.close(), pool.close()])
      await closing
    },
  })
}

/** RFC 9110 §9.2.2 */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

type Body = ReadableStream<Uint8Array>
type OnUpgrade = ExchangeContext['onUpgrade']

/** Returns the body; null if there is none. */
function bodyOf(environ: Environ): Body | null {
  const { method, headers } = environ
  if (method === 'GET' || method === 'HEAD' || headers.get('content-length') === '0') return null
  if (method === 'CONNECT' || method === 'TRACE') return null
  const { request } = environ
  if (request.bodyUsed) {
    throw new Error('proxy: the request body has already been read. Put the proxy before whatever reads it')
  }
  return request.body
}
