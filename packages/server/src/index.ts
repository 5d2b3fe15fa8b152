/**
 * The gateway on node:http: serves an application on a port or a unix socket, or mounts it under another Node server.
 */
export type { RequestLimits } from '@tsgi/core/gateway'
export type { ConnectionLimits } from './http/limits.ts'
export type { ListenerOptions } from './http/settings.ts'
export type { TlsOptions } from './listen/certificate.ts'
export type { SocketOptions } from './listen/listen.ts'
export type { AccessLogFormat, LineSink } from './observe/access-log.ts'
export type { ProxyHeader, ProxyHeaders, TrustProxy } from './proxies/trust-proxy.ts'
export { serve } from './serve/serve.ts'
export type { Engine, ServeOptions } from './serve/serve-options.ts'
export type { Server } from './serve/start-servers.ts'
export { toNodeListener } from './serve/to-node-listener.ts'
