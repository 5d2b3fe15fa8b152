/**
 * The gateway on node:http: serves an application on a port or a unix socket, or mounts it under another Node server.
 */
export type { AccessLogFormat, LineSink } from './access-log.ts'
export type { ListenerOptions } from './handler.ts'
export type { ConnectionLimits, RequestLimits } from './limits.ts'
export type { SocketOptions } from './listen.ts'
export type { ServeOptions, Server } from './serve.ts'
export { serve } from './serve.ts'
export type { ServeConfig } from './serve-config.ts'
export type { TlsOptions } from './tls.ts'
export { toNodeListener } from './to-node-listener.ts'
export type { ProxyHeaders, TrustProxy } from './trust-proxy.ts'
