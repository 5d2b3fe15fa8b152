/**
 * A violation of PEP 3333 that `validator` has found. The message begins with the rule's number.
 *
 * @example
 * ```ts
 * import { b, ValidatorError, validator, wsgi } from '@tsgi/wsgi'
 * import { client } from '@tsgi/core/testing'
 *
 * const application = wsgi(validator(() => [b`no head`]))
 * const web = client(application, { errors: { write() {} } })
 * await web.get('/')
 * const [error] = web.errors
 * error instanceof ValidatorError && error.rule // => 'B5'
 * ```
 */
export class ValidatorError extends Error {
  override readonly name = 'ValidatorError'
  /** The rule's number, such as `E5`. */
  readonly rule: string

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`)
    this.rule = rule
  }
}

/** Throws a {@link ValidatorError} if the rule is violated. */
export function check(rule: string, holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new ValidatorError(rule, message())
}
