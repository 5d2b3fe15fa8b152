/**
 * Conditional requests: `conditional()` answers GET and HEAD with 304 if the client has the current version, and
 * `precondition()` rejects writes that would overwrite a version that the client has not seen.
 */
export { type ConditionalOptions, conditional } from './conditional.ts'
export { type PreconditionOptions, precondition } from './precondition.ts'
