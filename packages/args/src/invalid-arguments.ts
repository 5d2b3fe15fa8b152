import { HttpError } from '@tsgi/core'
import type { StandardIssue } from '@tsgi/core/options'

/** The parts of a request that can be declared. */
export type RequestPart = 'path' | 'query' | 'headers' | 'cookies' | 'body'

/** One error in a request's arguments. */
export interface InvalidArgument {
  /** The part of the request that the error is in. */
  readonly in: RequestPart
  /** The keys that lead to the value, outermost first, such as `['tags', 0]`; empty for the part itself. Long keys are truncated. */
  readonly path: readonly (string | number)[]
  /** The code from the schema library, such as zod's `too_small`; `repeated` if a key may only be sent once. */
  readonly code: string
  /** A description of the error. */
  readonly message: string
  /** For a union, the errors of each of its members. */
  readonly alternatives?: readonly (readonly InvalidArgument[])[]
  /**
   * The issue from the schema library, with members such as zod's `expected` or `minimum`. It is not enumerable, so it is
   * not sent to the client unless you do so yourself.
   */
  readonly issue?: StandardIssue
}

/** The maximum number of errors per part: there can be as many as there are values. */
const MAX_ERRORS = 100

/** The maximum length of a key or message, which a client may have written. */
const MAX_TEXT = 200

/** Converts the issues of a schema library. */
export function fromIssues(part: RequestPart, issues: readonly StandardIssue[]): InvalidArgument[] {
  const left = { errors: MAX_ERRORS }
  return convert(part, issues, [], left)
}

function convert(
  part: RequestPart,
  issues: readonly StandardIssue[],
  outer: InvalidArgument['path'],
  left: { errors: number },
): InvalidArgument[] {
  const converted: InvalidArgument[] = []
  for (const issue of issues) {
    if (left.errors-- <= 0) break
    const path = [...outer, ...keysOf(issue)]
    const error = { in: part, path, code: codeOf(issue), message: clip(issue.message) }
    const alternatives = membersOf(issue).map((member) => convert(part, member, path, left))
    converted.push(withIssue(alternatives.length === 0 ? error : { ...error, alternatives }, issue))
  }
  return converted
}

function withIssue(error: InvalidArgument, issue: StandardIssue): InvalidArgument {
  return Object.defineProperty(error, 'issue', { value: issue })
}

function keysOf({ path = [] }: StandardIssue): (string | number)[] {
  return path
    .map((segment) => (typeof segment === 'object' ? segment.key : segment))
    .map((key) => (typeof key === 'number' ? key : clip(String(key))))
}

/** zod and arktype use a `code`, valibot a `type`. */
function codeOf(issue: StandardIssue): string {
  const { code, type } = issue as { code?: unknown; type?: unknown }
  return [code, type].find((name) => typeof name === 'string') ?? 'invalid'
}

/** The issues of each member of a union: in zod, a list for each member; in valibot, a single list. */
function membersOf(issue: StandardIssue): readonly (readonly StandardIssue[])[] {
  const { errors, issues } = issue as { errors?: unknown; issues?: unknown }
  if (Array.isArray(issues)) return issues.map((member) => [member])
  return Array.isArray(errors) ? errors.filter((member) => Array.isArray(member)) : []
}

/** Returns the errors for repeated keys. */
export function fromRepeated(part: RequestPart, keys: readonly string[]): InvalidArgument[] {
  return keys.slice(0, MAX_ERRORS).map((key) => ({
    in: part,
    path: [clip(key)],
    code: 'repeated',
    message: 'Invalid input: given more than once',
  }))
}

/** Returns the 422 that lists the errors: a problem document with an `errors` array (RFC 9457 §3.2). */
export function invalidError(errors: readonly InvalidArgument[]): HttpError {
  const reported = errors.slice(0, MAX_ERRORS)
  const [first] = reported
  const where = first === undefined ? '' : [first.in, ...first.path].join('.')
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new HttpError(422, `${where}: ${first?.message}${more}`, { extensions: { errors: reported } })
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…`.toWellFormed() : text
}
