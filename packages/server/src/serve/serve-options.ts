import type { ConnectionLimits } from '../http/limits.ts'
import type { ListenerOptions } from '../http/settings.ts'
import type { TlsOptions } from '../listen/certificate.ts'
import type { SocketOptions } from '../listen/listen.ts'
import type { AccessLogFormat, LineSink } from '../observe/access-log.ts'

/** The options of {@link serve}. */
export interface ServeOptions extends ListenerOptions, ConnectionLimits, SocketOptions {
  /**
   * Where to listen, one or several: `http://HOST:PORT` (port 0 takes a free one), `https://HOST:PORT`, `unix:PATH`,
   * `fd:N` for a socket that is open already, over HTTP without TLS; `http://127.0.0.1:8000` unless given. Without a
   * host, as `https://:443` or only `:PORT`, on every interface. Behind a front end that speaks uwsgi: `uwsgi:PATH` or
   * `uwsgi://HOST:PORT`.
   */
  readonly listen?: string | readonly string[]
  /** The certificate for `https://` addresses, on which clients choose between HTTP/2 and HTTP/1.1. */
  readonly tls?: TlsOptions
  /**
   * The addresses and CIDR ranges of balancers that begin each connection with a header of the PROXY protocol, version 1
   * or 2; none by default. The address that it names is then the connection's.
   */
  readonly proxyProtocol?: readonly string[]
  /** Has a line written for each response, in this form; none unless given. Each request then has an `X-Request-Id`. */
  readonly accessLog?: AccessLogFormat
  /** Where the lines of the access log go; standard output unless given. */
  readonly accessLogTo?: LineSink
}
