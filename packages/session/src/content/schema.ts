import {
  checkSchema,
  describe,
  type StandardIssue,
  type StandardResult,
  type StandardSchemaV1,
} from '@tsgi/core/options'
import { toJson } from './json.ts'

/** A validator for each key. The types of the validators become the types of the session's values. */
export type SessionSchema<Values extends object> = {
  readonly [K in keyof Values]: StandardSchemaV1<unknown, Values[K]>
}

/** Checks the keys and values of a session. */
export interface SessionValidator {
  /**
   * Returns the value to store: validated, copied and frozen.
   *
   * @throws TypeError naming the key if the value is invalid or is not JSON.
   */
  write(key: string, value: unknown): unknown
  /** Returns the value for the application, or `undefined` if the stored value is no longer valid. */
  read(key: string, stored: unknown): unknown
  /** @throws TypeError if the schema has no such key. */
  checkKey(key: string): void
}

/** Without a schema, every key and every JSON value is valid. */
export function createValidator(
  schema: SessionSchema<Record<string, unknown>> | undefined,
): SessionValidator {
  if (schema === undefined) {
    return { write: toJson, read: (_, stored) => stored, checkKey: checkText }
  }
  if (!isRecord(schema)) {
    throw new TypeError(
      `session: schema must be an object with a validator for each key, such as { user: z.string() }, got ${describe(schema)}`,
    )
  }
  const validators = new Map(Object.entries(schema))
  for (const [key, validator] of validators) checkSchema(`session: schema.${key}`, validator)

  function checkKey(key: string): void {
    checkText(key)
    if (!validators.has(key)) throw new TypeError(`session: the schema has no key ${JSON.stringify(key)}`)
  }

  function validate(key: string, value: unknown): StandardResult<unknown> {
    const result = validators.get(key)!['~standard'].validate(value)
    if (result instanceof Promise) {
      result.catch(() => {})
      throw new TypeError(`session: schema.${key} validates asynchronously, which sessions do not support`)
    }
    return result
  }

  return {
    checkKey,
    write(key, value) {
      const result = validate(key, value)
      if (result.issues) {
        throw new TypeError(`session: ${key} does not match its schema: ${messagesOf(result.issues)}`)
      }
      const stored = toJson(key, result.value)
      const again = validate(key, stored)
      if (again.issues) {
        throw new TypeError(
          `session: schema.${key} rejects its own output, so the value could not be read again: ${messagesOf(again.issues)}`,
        )
      }
      return stored
    },
    read(key, stored) {
      const result = validate(key, stored)
      return result.issues ? undefined : toJson(key, result.value)
    },
  }
}

function checkText(key: string): void {
  if (typeof key !== 'string') throw new TypeError(`session: a key must be text, got ${typeof key}`)
}

function messagesOf(issues: readonly StandardIssue[]): string {
  return issues.map(({ message }) => message).join('; ')
}

/** Whether a value is an object of validators, not a single validator such as `z.object({ … })`. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('~standard' in value)
}
