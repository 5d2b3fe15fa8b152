/**
 * A breach of the contract, naming the rule of SPEC.md that was broken.
 *
 * @example
 * ```ts
 * import { empty, LintError } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const error = await client(() => empty(405)).get('/').catch((error: unknown) => error)
 * error instanceof LintError && error.rule // => 'R12'
 * ```
 */
export class LintError extends Error {
  override readonly name = 'LintError'
  /** The rule's number, as `E5`. */
  readonly rule: string

  constructor(rule: string, message: string) {
    super(`${rule}: ${message} (see SPEC.md, rule ${rule})`)
    this.rule = rule
  }
}

/** Throws unless the rule was kept. */
export function rule(number: string, kept: boolean, message: () => string): asserts kept {
  if (!kept) throw new LintError(number, message())
}

/** A value as a message shows it: short, and never the whole of what a client sent. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 80 ? `${JSON.stringify(value.slice(0, 80))}…` : JSON.stringify(value)
  if (typeof value === 'object' && value !== null)
    return `an instance of ${value.constructor?.name ?? 'no class'}`
  return typeof value === 'function' ? 'a function' : String(value)
}
