/**
 * Checks the options of middleware and gateways: `@tsgi/core/options`.
 */
export { checkBoolean } from './options/check-boolean.ts'
export { checkOptions, didYouMean } from './options/check-options.ts'
export { describe } from './options/describe.ts'
export { type Duration, parseDuration } from './options/duration.ts'
export { ignoreRejection } from './options/ignore-rejection.ts'
export { type Bounds, duration, type Limits, readLimits } from './options/limits.ts'
export { messageOf } from './options/message-of.ts'
export { checkOrigin } from './options/origin.ts'
export { readSeconds } from './options/seconds.ts'
export { readSecrets } from './options/secrets.ts'
export { shortenReport } from './options/shorten-report.ts'
export { parseSize, type Size } from './options/size.ts'
export {
  checkSchema,
  type StandardIssue,
  type StandardResult,
  type StandardSchemaV1,
} from './options/standard-schema.ts'
