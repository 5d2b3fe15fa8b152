import type { Duration } from '@tsgi/core/options'
import type { OriginOption } from './allowed-origins.ts'

/**
 * The options of `cors()`.
 *
 * @example
 * ```ts
 * import type { CorsOptions } from '@tsgi/cors'
 *
 * const options: CorsOptions = {
 *   origin: ['https://app.example.com', 'https://*.preview.example.com'],
 *   credentials: true,
 *   expose: ['ETag', 'X-Total-Count'],
 *   maxAge: '1h',
 * }
 * ```
 */
export interface CorsOptions {
  /**
   * The origins whose pages may read responses. There is no default.
   *
   * - `'*'`: all, without credentials.
   * - An origin or a list: `'https://example.com'`, compared character by character. `'https://*.example.com'` stands for
   *   its subdomains, at any depth, with this scheme and port. `'null'` is any sandboxed frame or file.
   * - A function of the origin and the environ that returns `true` or `false`, or a promise of it.
   */
  readonly origin: OriginOption
  /** Whether pages may send cookies and HTTP authentication, and read the responses. Default: `false`. */
  readonly credentials?: boolean | undefined
  /** The methods that pages may use. Default: GET, HEAD, POST, PUT, PATCH and DELETE. */
  readonly methods?: readonly string[] | undefined
  /** The request headers that pages may send. By default all that they ask for. */
  readonly headers?: readonly string[] | undefined
  /** The response headers that pages may read, in addition to those that they always may. */
  readonly expose?: readonly string[] | undefined
  /** How long browsers may remember a preflight: a number of seconds, or text with a unit. Default: 10 minutes. */
  readonly maxAge?: Duration | undefined
}
