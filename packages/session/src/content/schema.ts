import { toJson } from './json.ts'

/**
 * A validator of any library that implements Standard Schema: zod, Valibot, ArkType and others.
 *
 * Source: Standard Schema v1, https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => ValidationResult<Output> | Promise<ValidationResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

type ValidationResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** A validator for each key. The types of the validators become the types of the session's values. */
export type SessionSchema<Values extends object> = {
  readonly [K in keyof Values]: StandardSchema<unknown, Values[K]>
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
  const validators = new Map(Object.entries(schema))
  for (const [key, validator] of validators) {
    if (typeof validator?.['~standard']?.validate !== 'function') {
      throw new TypeError(`session: schema.${key} must be a Standard Schema, such as a zod schema`)
    }
  }

  function checkKey(key: string): void {
    checkText(key)
    if (!validators.has(key)) throw new TypeError(`session: the schema has no key ${JSON.stringify(key)}`)
  }

  function validate(key: string, value: unknown): ValidationResult<unknown> {
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

function messagesOf(issues: readonly { readonly message: string }[]): string {
  return issues.map(({ message }) => message).join('; ')
}
