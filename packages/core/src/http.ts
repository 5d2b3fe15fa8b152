/**
 * Parses and evaluates HTTP fields: conditional requests, `Vary`, `Origin` and content codings. `@tsgi/core/http`. Nothing here does
 * I/O.
 */
export { preferredEncoding } from './http/accept-encoding.ts'
export { isEntityTag } from './http/entity-tag.ts'
export { parseHttpDate } from './http/http-date.ts'
export {
  type ConditionalRequest,
  evaluatePreconditions,
  isRangeCurrent,
  type Validators,
} from './http/preconditions.ts'
export { isSameHost } from './http/same-host.ts'
export { addVary } from './http/vary.ts'
