import { checkOrigin, describe } from '@tsgi/core/options'

/**
 * The features that pages may use, by name: `[]` for none, `'*'` for every page and frame, or a list of origins and
 * `'self'`.
 *
 * Source: Permissions Policy §5.2; RFC 9651 for the format.
 *
 * @example
 * ```ts
 * import type { PermissionsPolicy } from '@tsgi/secure-headers'
 *
 * const policy: PermissionsPolicy = { camera: [], geolocation: ['self', 'https://maps.example.com'], fullscreen: '*' }
 * ```
 */
export type PermissionsPolicy = Readonly<Record<string, '*' | readonly string[]>>

/**
 * Creates the value of `Permissions-Policy`.
 *
 * @throws TypeError naming the feature if it or one of its origins is invalid.
 */
export function formatPermissions(policy: PermissionsPolicy): string {
  const option = 'secureHeaders: permissionsPolicy'
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
    throw new TypeError(`${option} must be an object of features, got ${describe(policy)}`)
  }
  const features = Object.entries(policy)
  if (features.length === 0) throw new TypeError(`${option} must have at least one feature`)
  return features
    .map(([feature, allowed]) => `${feature}=${formatFeature(option, feature, allowed)}`)
    .join(', ')
}

function formatFeature(option: string, feature: string, allowed: unknown): string {
  if (!/^[a-z][a-z\d-]*$/.test(feature)) {
    throw new TypeError(
      `${option} must have features in kebab case such as 'screen-wake-lock', got ${describe(feature)}`,
    )
  }
  if (allowed === '*') return '*'
  if (!Array.isArray(allowed)) {
    throw new TypeError(
      `${option}: ${feature} must be '*' or a list of 'self' and origins, got ${describe(allowed)}`,
    )
  }
  return `(${allowed.map((origin) => formatOrigin(`${option}: ${feature}`, origin)).join(' ')})`
}

function formatOrigin(option: string, origin: unknown): string {
  if (origin === 'self') return origin
  if (origin === "'self'" || origin === 'none' || origin === "'none'" || origin === '*') {
    throw new TypeError(`${option} must have 'self' without quotes, [] for none, and '*' outside of a list`)
  }
  // A star for the first label is allowed here.
  const star = typeof origin === 'string' && /^https?:\/\/\*\.[^*]+$/.test(origin)
  checkOrigin(option, star ? origin.replace('*', 'a') : origin)
  return `"${origin}"`
}
