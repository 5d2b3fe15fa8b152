import type { Duration } from '@tsgi/core/options'
import type { ContentSecurityPolicy } from './csp/policy.ts'
import type { PermissionsPolicy } from './permissions-policy.ts'

/**
 * The options of `secureHeaders()`. `false` turns a header off.
 *
 * @example
 * ```ts
 * import type { SecureHeadersOptions } from '@tsgi/secure-headers'
 *
 * const api: SecureHeadersOptions = {
 *   contentSecurityPolicy: { 'default-src': "'none'", 'frame-ancestors': "'none'" },
 *   crossOriginResourcePolicy: 'cross-origin',
 * }
 * ```
 */
export interface SecureHeadersOptions {
  /**
   * The Content-Security-Policy. By default: scripts and styles of the same origin or with the nonce, images of the same
   * origin or inline, everything else of the same origin, no plugins and no `<base>`. A policy replaces the default whole.
   */
  readonly contentSecurityPolicy?: ContentSecurityPolicy | false | undefined
  /** A policy whose violations are only reported: to the console, and to `report-to`. None by default. */
  readonly reportOnly?: ContentSecurityPolicy | false | undefined
  /** How long browsers use HTTPS only. Sent over HTTPS only. Default: one year, with subdomains. */
  readonly strictTransportSecurity?: StrictTransportSecurity | false | undefined
  /** How much of its URL a page tells others. Default: `strict-origin-when-cross-origin`. */
  readonly referrerPolicy?: (typeof REFERRER_POLICIES)[number] | false | undefined
  /** Which windows of other origins keep a reference to a page. Default: `same-origin-allow-popups`. */
  readonly crossOriginOpenerPolicy?: (typeof OPENER_POLICIES)[number] | false | undefined
  /** Which pages may load a response without CORS, such as an image. Default: `same-origin`. */
  readonly crossOriginResourcePolicy?: (typeof RESOURCE_POLICIES)[number] | false | undefined
  /** The features that pages may use. None by default. */
  readonly permissionsPolicy?: PermissionsPolicy | false | undefined
}

/**
 * The value of `Strict-Transport-Security`.
 *
 * Source: RFC 6797 §6.1; https://hstspreload.org for `preload`.
 *
 * @example
 * ```ts
 * import type { StrictTransportSecurity } from '@tsgi/secure-headers'
 *
 * const first: StrictTransportSecurity = { maxAge: '5m' }
 * const final: StrictTransportSecurity = { maxAge: '730d', includeSubDomains: true, preload: true }
 * ```
 */
export interface StrictTransportSecurity {
  /** How long browsers remember it: a number of seconds, or text with a unit. */
  readonly maxAge: Duration
  /** Whether it holds for all subdomains, too. Default: `false`. */
  readonly includeSubDomains?: boolean | undefined
  /**
   * Whether browsers may ship with this host in their list. Needs `includeSubDomains` and at least a year. Default:
   * `false`.
   */
  readonly preload?: boolean | undefined
}

export const REFERRER_POLICIES = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'origin',
  'origin-when-cross-origin',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] as const

export const OPENER_POLICIES = [
  'same-origin',
  'same-origin-allow-popups',
  'noopener-allow-popups',
  'unsafe-none',
] as const

export const RESOURCE_POLICIES = ['same-origin', 'same-site', 'cross-origin'] as const
