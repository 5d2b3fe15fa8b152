import { ExchangeCore } from './exchange-core.ts'
import type { ExchangeSettings } from './exchange-settings.ts'

/**
 * The part of an exchange that is the same in every gateway: environ members that are created on first use, the state of
 * the response, and the calls to observers. Each gateway extends it for its transport.
 *
 * @example
 * ```ts
 * import { BaseExchange, createEnviron, exchangeSettings } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * class LoopbackExchange extends BaseExchange {
 *   readonly scheme = 'http'
 *   readonly host = 'localhost'
 *   readonly protocol = 'HTTP/1.1'
 *   readonly remoteAddress = ''
 *   readonly settings = exchangeSettings('loopback', () => new Response())
 *   readonly gateway = testEnviron('/').gateway
 *   readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: 'a=1' })
 *   protected makeHeaders = () => new Headers()
 *   protected openBody = () => null
 * }
 * new LoopbackExchange().state // => 'waiting'
 * ```
 */
export abstract class BaseExchange extends ExchangeCore {
  abstract override readonly settings: ExchangeSettings

  /** Opens the body of the request; null if it has none. */
  protected abstract openBody(): ReadableStream<Uint8Array> | null
  /** Reads the whole body without a stream, if the transport can. Rejects with HttpError 413 beyond `limit` bytes. */
  protected takeBody?(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined

  get request(): Request {
    if (this.ownRequest === undefined) {
      this.ownRequest = createRequest(this, () => (this.isBodyRead ? '' : this.openBody()))
      if (this.isBodyRead) void this.ownRequest.arrayBuffer()
    }
    return this.ownRequest
  }

  readBody(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined {
    if (this.ownRequest !== undefined || this.isBodyRead || !allowsBody(this.method)) return undefined
    const bytes = this.takeBody?.(limit)
    this.isBodyRead = bytes !== undefined
    return bytes
  }
}

/** Creates the `Request` of an exchange. Calls `openBody` if the method allows a body. */
function createRequest(
  exchange: ExchangeCore,
  openBody: () => ReadableStream<Uint8Array> | '' | null,
): Request {
  const { environ, scheme, host, headers, signal, wrapBody } = exchange
  const { method, scriptName, pathInfo, queryString } = environ
  const query = queryString === '' ? '' : `?${queryString}`
  const opened = allowsBody(method) ? openBody() : null
  const body = opened instanceof ReadableStream ? (wrapBody?.(opened) ?? opened) : opened
  // The types of `RequestInit` lack `duplex`, which the standard requires for a stream.
  const init = { method, headers, body, signal, duplex: 'half' } as RequestInit
  return new Request(`${scheme}://${host}${scriptName}${pathInfo}${query}`, init)
}

/** The Fetch standard does not allow GET and HEAD to have a body; RFC 9110 §9.3.1 gives it no meaning. */
function allowsBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}
