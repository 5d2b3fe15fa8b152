/**
 * Forwards requests to HTTP servers, streaming in both directions.
 */
export type { ProxyTls } from './connector.ts'
export type { ProxyFields, ProxyOptions } from './options.ts'
export { type ProxyApplication, proxy } from './proxy.ts'
