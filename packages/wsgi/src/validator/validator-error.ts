/**
 * A breach of PEP 3333, found by `validator`. Its message begins with the number of the rule that was broken.
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
  /** The rule's number, as `E5`. */
  readonly rule: string

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`)
    this.rule = rule
  }
}

/** Throws unless the rule was kept. */
export function check(rule: string, kept: boolean, message: () => string): asserts kept {
  if (!kept) throw new ValidatorError(rule, message())
}
