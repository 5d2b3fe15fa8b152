import type { GatewayLifecycle } from '@tsgi/core/gateway'
import type { ConnectionLimits } from '../http/limits.ts'
import type { ListenerOptions } from '../http/settings.ts'
import type { TlsOptions } from '../listen/certificate.ts'
import type { SocketOptions } from '../listen/listen.ts'
import type { AccessLogFormat, LineSink } from '../observe/access-log.ts'
import type { LoadSheddingOptions } from '../observe/load-shedding.ts'

/** An implementation of HTTP/1.1. */
export type Engine = 'node' | 'tsgi'

/** The options of {@link serve}. */
export interface ServeOptions
  extends Omit<ListenerOptions, 'loadShedder'>,
    ConnectionLimits,
    SocketOptions,
    LoadSheddingOptions {
  /**
   * One address or several. `http://HOST:PORT` (0 selects a free port), `https://HOST:PORT`, `:PORT` or `https://:PORT`
   * for every interface, `unix:PATH`, `uwsgi:PATH` or `uwsgi://HOST:PORT` for the uwsgi protocol, or `fd:N` for a socket
   * that is already open. Default: `http://127.0.0.1:8000`.
   */
  readonly listen?: string | readonly string[]
  /**
   * The implementation of HTTP/1.1: Node's own, or the one of `@tsgi/http1`, which is faster and stricter. HTTP/2 always
   * runs on `node:http2`. Default: `'node'`.
   */
  readonly engine?: Engine
  /** The certificate for `https://` addresses. Clients of these addresses choose between HTTP/2 and HTTP/1.1. */
  readonly tls?: TlsOptions
  /**
   * Addresses and CIDR ranges of load balancers that send the PROXY protocol, version 1 or 2. The address in its header
   * becomes the client address of the connection. Default: none.
   */
  readonly proxyProtocol?: readonly string[]
  /**
   * The resources of the application, made with `lifecycle`. They start before the server listens, and stop after the
   * last response. Default: none.
   */
  readonly lifecycle?: GatewayLifecycle | undefined
  /** The format of the access log: one line per response. Each request then has an `X-Request-Id`. Default: no log. */
  readonly accessLog?: AccessLogFormat
  /** The destination of the access log. Default: standard output. */
  readonly accessLogTo?: LineSink
}
