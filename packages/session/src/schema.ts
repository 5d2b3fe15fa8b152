import { jsonValue } from './value.ts'

/**
 * A validator of any library that follows Standard Schema: zod, Valibot, ArkType and others.
 *
 * Source: Standard Schema v1, https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a validator of {@link StandardSchema} answers. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** A validator for each key of a session: its types become the session's. */
export type Schema<Values extends object> = {
  readonly [K in keyof Values]: StandardSchema<unknown, Values[K]>
}

/** How the values of a session are checked, on their way in and out. */
export interface Guard {
  /**
   * The value as it is to be kept: validated, copied and frozen.
   *
   * @throws TypeError naming the key, where there is no such key, or the value does not fit or is not JSON's.
   */
  accept(key: string, value: unknown): unknown
  /** What was kept, as it is given out; `undefined` where it no longer fits. */
  admit(key: string, kept: unknown): unknown
  /** @throws TypeError where there is no such key. */
  check(key: string): void
}

/** The guard that a schema makes; without one, any key and every value of JSON. */
export function guardOf(schema: Schema<Record<string, unknown>> | undefined): Guard {
  if (schema === undefined) {
    return { accept: jsonValue, admit: (_, kept) => kept, check: checkText }
  }
  const validators = new Map(Object.entries(schema))
  for (const [key, validator] of validators) {
    if (typeof validator?.['~standard']?.validate !== 'function') {
      throw new TypeError(`session: schema.${key} must be a Standard Schema validator, as of zod`)
    }
  }

  function check(key: string): void {
    checkText(key)
    if (!validators.has(key)) throw new TypeError(`session: the schema has no key ${JSON.stringify(key)}`)
  }

  function validate(key: string, value: unknown): SchemaResult<unknown> {
    const result = validators.get(key)!['~standard'].validate(value)
    if (result instanceof Promise) {
      result.catch(() => {})
      throw new TypeError(`session: schema.${key} validates asynchronously, which a session cannot`)
    }
    return result
  }

  return {
    check,
    accept(key, value) {
      const result = validate(key, value)
      if (result.issues)
        throw new TypeError(`session: ${key} does not fit its schema: ${list(result.issues)}`)
      const kept = jsonValue(key, result.value)
      const again = validate(key, kept)
      if (again.issues) {
        throw new TypeError(
          `session: schema.${key} refuses what it made itself, so it could not be read again: ${list(again.issues)}`,
        )
      }
      return kept
    },
    admit(key, kept) {
      const result = validate(key, kept)
      return result.issues ? undefined : jsonValue(key, result.value)
    },
  }
}

function checkText(key: string): void {
  if (typeof key !== 'string') throw new TypeError(`session: a key must be text, got ${typeof key}`)
}

function list(issues: readonly { readonly message: string }[]): string {
  return issues.map(({ message }) => message).join('; ')
}
