/**
 * Stands for the nonce of the response in a {@link ContentSecurityPolicy}. A policy that has it makes
 * `secureHeaders` add `nonce` to the environ.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { NONCE, secureHeaders } from '@tsgi/secure-headers'
 *
 * const web = secureHeaders({ contentSecurityPolicy: { 'script-src': ["'self'", NONCE] } })
 * const response = await client(web(({ nonce }) => text(nonce))).get('/')
 * const nonce = await response.text()
 * response.headers.get('content-security-policy') === `script-src 'self' 'nonce-${nonce}'` // => true
 * ```
 */
export const NONCE: unique symbol = Symbol('tsgi.nonce')

/** A source expression as it is written in the header, such as `'self'` with its quotes, `https:` or `cdn.example.com`. */
export type CspSource = string

/** Directives whose sources may be a nonce. In others, browsers ignore one. */
export type NonceDirective = 'default-src' | 'script-src' | 'script-src-elem' | 'style-src' | 'style-src-elem'

/** Directives with a list of sources. */
export type SourceDirective =
  | 'base-uri'
  | 'child-src'
  | 'connect-src'
  | 'fenced-frame-src'
  | 'font-src'
  | 'form-action'
  | 'frame-ancestors'
  | 'frame-src'
  | 'img-src'
  | 'manifest-src'
  | 'media-src'
  | 'object-src'
  | 'script-src-attr'
  | 'style-src-attr'
  | 'worker-src'

/**
 * A Content-Security-Policy: directives in kebab case, each with a list of sources, one source, or `true` for a directive
 * without a value. An empty list of sources is `'none'`.
 *
 * Write a policy with a {@link NONCE} directly into the options, or declare it `as const`, so that the type of the environ
 * has the nonce.
 *
 * Source: CSP Level 3 §2.2 and §6; Trusted Types §4.
 *
 * @example
 * ```ts
 * import type { ContentSecurityPolicy } from '@tsgi/secure-headers'
 *
 * const policy: ContentSecurityPolicy = {
 *   'default-src': "'none'",
 *   'img-src': ["'self'", 'https://images.example.com'],
 *   'upgrade-insecure-requests': true,
 * }
 * ```
 */
export type ContentSecurityPolicy = {
  readonly [D in NonceDirective]?: Sources<CspSource | typeof NONCE> | undefined
} & {
  readonly [D in SourceDirective]?: Sources<CspSource> | undefined
} & {
  /** The restrictions of a sandbox that are lifted, such as `allow-scripts`; `true` for none. */
  readonly sandbox?: Sources<string> | boolean | undefined
  /** The endpoints that receive reports as URLs, for browsers without `report-to`. */
  readonly 'report-uri'?: Sources<string> | undefined
  /** The name of an endpoint in the `Reporting-Endpoints` header. */
  readonly 'report-to'?: string | undefined
  readonly 'require-trusted-types-for'?: "'script'" | undefined
  /** The names of the Trusted Types policies that scripts may create. */
  readonly 'trusted-types'?: Sources<string> | undefined
  /** Whether browsers load `http:` URLs of the page over HTTPS. Sent only over HTTPS. */
  readonly 'upgrade-insecure-requests'?: boolean | undefined
}

type Sources<S> = S | readonly S[]

/** The policy of `secureHeaders()`. */
export const defaultPolicy: Omit<ContentSecurityPolicy, 'script-src'> & {
  readonly 'script-src': readonly ["'self'", typeof NONCE]
} = {
  'default-src': "'self'",
  'script-src': ["'self'", NONCE],
  'style-src': ["'self'", NONCE],
  'img-src': ["'self'", 'data:'],
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'self'",
}

/**
 * A policy that restricts scripts only: those with the nonce run, and the scripts that they load (`'strict-dynamic'`).
 * For pages that load scripts from many hosts.
 *
 * Source: https://web.dev/articles/strict-csp
 *
 * @example
 * ```ts
 * import { secureHeaders, strictPolicy } from '@tsgi/secure-headers'
 *
 * const own = secureHeaders({ contentSecurityPolicy: strictPolicy })
 * const framed = secureHeaders({
 *   contentSecurityPolicy: { ...strictPolicy, 'frame-ancestors': 'https://partner.example' },
 * })
 * ```
 */
export const strictPolicy: {
  readonly 'script-src': readonly [typeof NONCE, "'strict-dynamic'"]
  readonly 'object-src': "'none'"
  readonly 'base-uri': "'none'"
  readonly 'frame-ancestors': "'self'"
} = {
  'script-src': [NONCE, "'strict-dynamic'"],
  'object-src': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'self'",
}
