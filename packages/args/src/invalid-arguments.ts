import { HttpError } from '@tsgi/core'
import type { z } from 'zod'

/** The parts of a request that can be declared. */
export type Part = 'path' | 'query' | 'headers' | 'cookies' | 'body'

/** One thing that is wrong with a request's arguments. */
export interface InvalidArgument {
  /** The part of the request it is in. */
  readonly in: Part
  /** The keys that lead to it, outermost first, as `['tags', 0]`; empty for the part itself. Long ones are cut. */
  readonly path: readonly (string | number)[]
  /** zod's code of the issue, as `invalid_type` or `too_small`; `repeated` for a key that may be given only once. */
  readonly code: string
  /** What is wrong, for a person to read. */
  readonly message: string
}

/** How many errors of a part are told: there can be as many as there are values. */
const MAX_ERRORS = 100

/** How many characters of a key or a message are told: both can be the client's own, and each error repeats them. */
const MAX_TEXT = 200

/** What zod found wrong in a part. */
export function fromIssues(part: Part, issues: readonly z.core.$ZodIssue[]): InvalidArgument[] {
  return issues.slice(0, MAX_ERRORS).map(({ path, code, message }) => ({
    in: part,
    path: path.map((key) => (typeof key === 'number' ? key : clip(String(key)))),
    code,
    message: clip(message),
  }))
}

/** What is wrong with a key that was given more than once. */
export function fromRepeated(part: Part, keys: readonly string[]): InvalidArgument[] {
  return keys.slice(0, MAX_ERRORS).map((key) => ({
    in: part,
    path: [clip(key)],
    code: 'repeated',
    message: 'Invalid input: given more than once',
  }))
}

/** The 422 that tells a client what is wrong: problem details with an `errors` array (RFC 9457 §3.2). */
export function invalidError(errors: readonly InvalidArgument[]): HttpError {
  const told = errors.slice(0, MAX_ERRORS)
  const [first] = told
  const where = first === undefined ? '' : [first.in, ...first.path].join('.')
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new HttpError(422, `${where}: ${first?.message}${more}`, { extensions: { errors: told } })
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…`.toWellFormed() : text
}
