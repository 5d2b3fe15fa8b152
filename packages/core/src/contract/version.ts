/** The version of this package; a test compares it with package.json. */
export const version = '0.0.0'

/**
 * The version of SPEC.md that this package implements. It changes with the contract, not with the package. A gateway
 * puts it into `environ.gateway`.
 *
 * @example
 * ```ts
 * import { specVersion } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * specVersion // => '1.0'
 * testEnviron('/').gateway.specVersion === specVersion // => true
 * ```
 */
export const specVersion = '1.0'
