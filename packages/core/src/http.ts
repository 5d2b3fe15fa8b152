/**
 * Parses and evaluates HTTP fields: lists, conditional requests, `Vary`, `Origin` and content codings. `@tsgi/core/http`.
 * Nothing here does I/O.
 */
export { preferredEncoding } from './http/accept-encoding.ts'
export { isEntityTag } from './http/entity-tag.ts'
export { addVary, listElements, trimOws } from './http/field-list.ts'
export { parseHttpDate } from './http/http-date.ts'
export {
  type ConditionalRequest,
  evaluatePreconditions,
  isRangeCurrent,
  type Validators,
} from './http/preconditions.ts'
export { isSameHost } from './http/same-host.ts'
