import { checkOptions, describe } from '@tsgi/core/options'
import { type CompiledPolicy, compilePolicy, directivesOf } from './csp/compile-policy.ts'
import { DIRECTIVES } from './csp/directives.ts'
import { type ContentSecurityPolicy, defaultPolicy } from './csp/policy.ts'
import { formatPermissions } from './permissions-policy.ts'
import {
  OPENER_POLICIES,
  REFERRER_POLICIES,
  RESOURCE_POLICIES,
  type SecureHeadersOptions,
} from './secure-headers-options.ts'
import { formatTransportSecurity } from './transport-security.ts'

/** A header field: its value, split where the nonce is inserted. */
export interface Field {
  readonly name: string
  readonly parts: CompiledPolicy
}

/** The header fields for the options of a `secureHeaders()`. */
export interface HeaderPlan {
  readonly http: readonly Field[]
  readonly https: readonly Field[]
  /** Only for public hosts over HTTPS. */
  readonly transportSecurity: string | undefined
  readonly needsNonce: boolean
}

const ENFORCED = 'secureHeaders: contentSecurityPolicy'
const OPTIONS: readonly (keyof SecureHeadersOptions)[] = [
  'contentSecurityPolicy',
  'reportOnly',
  'strictTransportSecurity',
  'referrerPolicy',
  'crossOriginOpenerPolicy',
  'crossOriginResourcePolicy',
  'permissionsPolicy',
]

/** Checks the options of `secureHeaders()`. Throws a TypeError if one is unknown or invalid. */
export function planHeaders(options: SecureHeadersOptions): HeaderPlan {
  checkOptions('secureHeaders', options, OPTIONS)
  const {
    contentSecurityPolicy: policy = defaultPolicy,
    reportOnly = false,
    strictTransportSecurity = { maxAge: '365d', includeSubDomains: true },
    referrerPolicy = 'strict-origin-when-cross-origin',
    crossOriginOpenerPolicy = 'same-origin-allow-popups',
    crossOriginResourcePolicy = 'same-origin',
    permissionsPolicy = false,
  } = options
  const enforced = policy !== false && compilePolicy(ENFORCED, policy)
  const others = [
    ...field('content-security-policy-report-only', reportOnly !== false && compileReportOnly(reportOnly)),
    ...field('x-content-type-options', 'nosniff'),
    ...field('x-frame-options', policy !== false && frameOptions(policy)),
    ...field('referrer-policy', oneOf('referrerPolicy', referrerPolicy, REFERRER_POLICIES)),
    ...field(
      'cross-origin-opener-policy',
      oneOf('crossOriginOpenerPolicy', crossOriginOpenerPolicy, OPENER_POLICIES),
    ),
    ...field(
      'cross-origin-resource-policy',
      oneOf('crossOriginResourcePolicy', crossOriginResourcePolicy, RESOURCE_POLICIES),
    ),
    ...field('permissions-policy', permissionsPolicy !== false && formatPermissions(permissionsPolicy)),
  ]
  const https = [...field('content-security-policy', enforced), ...others]
  return {
    http: [...field('content-security-policy', policy !== false && compileForHttp(policy)), ...others],
    https,
    transportSecurity:
      strictTransportSecurity === false ? undefined : formatTransportSecurity(strictTransportSecurity),
    needsNonce: https.some(({ parts }) => parts.length > 1),
  }
}

function field(name: string, value: string | CompiledPolicy | false | undefined): readonly Field[] {
  if (value === false || value === undefined) return []
  return [{ name, parts: typeof value === 'string' ? [value] : value }]
}

function compileReportOnly(policy: ContentSecurityPolicy): CompiledPolicy {
  const compiled = compilePolicy('secureHeaders: reportOnly', policy)
  for (const [name] of directivesOf(policy)) {
    if (DIRECTIVES[name].isEnforcedOnly) {
      throw new TypeError(`secureHeaders: reportOnly: ${name} has no effect in a policy that only reports`)
    }
  }
  return compiled
}

/** `upgrade-insecure-requests` over HTTP would break a site that has no HTTPS. */
function compileForHttp({ 'upgrade-insecure-requests': _, ...others }: ContentSecurityPolicy) {
  return directivesOf(others).length === 0 ? undefined : compilePolicy(ENFORCED, others)
}

/** The value of `X-Frame-Options`, for browsers without `frame-ancestors`. */
function frameOptions({ 'frame-ancestors': ancestors }: ContentSecurityPolicy): string | undefined {
  const value = Array.isArray(ancestors) ? ancestors.join(' ') : ancestors
  if (value === "'self'") return 'SAMEORIGIN'
  return value === '' || value === "'none'" ? 'DENY' : undefined
}

function oneOf<T extends string>(option: string, value: T | false, known: readonly T[]): T | false {
  if (value === false || known.includes(value)) return value
  throw new TypeError(
    `secureHeaders: ${option} must be false or ${known.map((each) => `'${each}'`).join(', ')}, got ${describe(value)}`,
  )
}
