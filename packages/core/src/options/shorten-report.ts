import { isError } from './is-error.ts'

/** Maximum number of characters of one text in a report, and of all texts together. */
const MAX_TEXT = 16 * 1024
const MAX_TEXTS = 64 * 1024
/** Number of characters that are kept from the end of a text: the end of a stack trace. */
const KEPT_END = 2 * 1024
/** Number of nested causes, and of errors in an `AggregateError`. */
const MAX_CAUSES = 4
const MAX_ERRORS = 10

/**
 * Returns a problem in a form that is short enough to log: a text or an error of more than 16 KiB is cut in the middle, and
 * says how much is missing. So a program that puts a document into a message does not fill the disk.
 *
 * @example
 * ```ts
 * import { shortenReport } from '@tsgi/core/options'
 *
 * shortenReport('a short text') // => 'a short text'
 * String(shortenReport('x'.repeat(100_000))).includes('… 83616 characters were left out …') // => true
 * ```
 */
export function shortenReport(problem: unknown): unknown {
  if (sizeOf(problem, MAX_CAUSES) <= MAX_TEXT) return problem
  return shortened(problem, { left: MAX_TEXTS }, MAX_CAUSES)
}

/** Adds up the texts that a console writes. It cuts off those in other members. */
function sizeOf(problem: unknown, depth: number): number {
  if (typeof problem === 'string') return problem.length
  if (!isError(problem) || depth === 0) return 0
  let size = textOf(problem).length + sizeOf(problem.cause, depth - 1)
  for (const error of errorsOf(problem)) size += sizeOf(error, depth - 1)
  return size
}

function shortened(problem: unknown, budget: { left: number }, depth: number): unknown {
  if (typeof problem === 'string') return cut(problem, budget)
  if (!isError(problem)) return problem
  if (depth === 0) return undefined
  const copy = Object.assign(new Error(), problem)
  copy.stack = cut(textOf(problem), budget)
  const errors = errorsOf(problem)
  if (errors.length > 0) {
    const some = errors.slice(0, MAX_ERRORS).map((error) => shortened(error, budget, depth - 1))
    const missing = errors.length - some.length
    Object.assign(copy, { errors: missing > 0 ? [...some, `… ${missing} more errors`] : some })
  }
  if (problem.cause !== undefined) copy.cause = shortened(problem.cause, budget, depth - 1)
  return copy
}

function textOf({ stack, name, message }: Error): string {
  return typeof stack === 'string' ? stack : `${name}: ${message}`
}

function errorsOf(error: Error): readonly unknown[] {
  return error instanceof AggregateError && Array.isArray(error.errors) ? error.errors : []
}

function cut(text: string, budget: { left: number }): string {
  const room = Math.min(MAX_TEXT, budget.left)
  budget.left -= Math.min(text.length, room)
  if (text.length <= room) return text
  const end = Math.min(KEPT_END, room)
  const missing = text.length - room
  return `${text.slice(0, room - end)}… ${missing} characters were left out …${text.slice(text.length - end)}`
}
