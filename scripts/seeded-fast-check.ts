/**
 * fast-check as CI uses it, where it generates the same values in every run: a change must not be rejected for a mistake
 * that another run would not have found. Elsewhere, every run tries other values. See vitest.config.ts.
 */
import fc from '../node_modules/fast-check/lib/fast-check.js'

fc.configureGlobal({ seed: 1 })

export * from '../node_modules/fast-check/lib/fast-check.js'
export default fc
