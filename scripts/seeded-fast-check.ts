/**
 * fast-check with a fixed seed. CI uses it, so that the result depends on the change alone. Elsewhere, every run tries other
 * values. See vitest.config.ts.
 */
import fc from '../node_modules/fast-check/lib/fast-check.js'

fc.configureGlobal({ seed: 1 })

export * from '../node_modules/fast-check/lib/fast-check.js'
export default fc
