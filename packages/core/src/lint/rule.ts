/**
 * A violation of the contract. Names the rule of SPEC.md that was broken.
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
  /** The number of the rule, such as `E5`. */
  readonly rule: string

  constructor(rule: string, message: string) {
    super(`${rule}: ${message} (see SPEC.md, rule ${rule})`)
    this.rule = rule
  }
}

/** Throws if a rule is broken. */
export function rule(number: string, kept: boolean, message: () => string): asserts kept {
  if (!kept) throw new LintError(number, message())
}
