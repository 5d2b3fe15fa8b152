import {
  checkSchema,
  describe,
  messageOf,
  type StandardIssue,
  type StandardResult,
  type StandardSchemaV1,
} from '@tsgi/core/options'
import { ignoreRejection, type Json, toJson, toReadonly } from './json.ts'

/** A validator for each key. The types of the validators become the types of the session's values. */
export type SessionSchema = Readonly<Record<string, StandardSchemaV1>>

/** A schema for values of these types. */
export type SchemaOf<Values extends object> = {
  readonly [K in keyof Values]: StandardSchemaV1<unknown, Values[K]>
}

/** The values of a session: those of the schema, or the given ones if there is no schema. */
export type ValuesOf<Values extends object, Schema> = string extends keyof Schema
  ? Values
  : { [K in keyof Schema]: OutputOf<Schema[K]> }

type OutputOf<Validator> = Validator extends StandardSchemaV1<unknown, infer Output> ? Output : never

/**
 * The constraint on a schema: JSON can represent each value, or the result of its validator's `encode`. If not, the
 * compiler's message says what to store instead.
 */
export type StorableSchema<Schema> = {
  readonly [K in keyof Schema]: Storable<Schema[K], OutputOf<Schema[K]>>
}

type Storable<Validator, Value> = [Value] extends [Json<Value>]
  ? unknown
  : EncodedBy<Validator> extends infer Encoded
    ? unknown extends Encoded
      ? StandardSchemaV1<unknown, Json<Value>>
      : [Encoded] extends [Json<Encoded>]
        ? unknown
        : StandardSchemaV1<unknown, Json<Value>>
    : never

type EncodedBy<Validator> = Validator extends { encode(value: never): infer Encoded } ? Encoded : unknown

/** Checks the keys and values of a session, and converts values that are not JSON. */
export interface SessionValidator {
  /**
   * Returns the value to store: validated, encoded, copied and frozen.
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
export function createValidator(schema: SessionSchema | undefined): SessionValidator {
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

  /** A codec that throws cannot decode what an earlier version has stored. */
  function decode(key: string, stored: unknown): StandardResult<unknown> | undefined {
    try {
      return validate(key, stored)
    } catch {
      return undefined
    }
  }

  function validate(key: string, value: unknown): StandardResult<unknown> {
    const result = validators.get(key)!['~standard'].validate(value)
    if (result instanceof Promise) {
      result.catch(() => {})
      throw new TypeError(`session: schema.${key} validates asynchronously, which sessions do not support`)
    }
    return result
  }

  /** Returns the value to store: the result of the validator's `encode` if it has one, otherwise its output. */
  function encode(key: string, value: unknown): unknown {
    // Rejected below, as a value that is not JSON or does not match the schema.
    ignoreRejection(value)
    const validator = validators.get(key) as StandardSchemaV1 & { encode?: (value: unknown) => unknown }
    if (typeof validator.encode !== 'function') {
      const result = validate(key, value)
      if (result.issues) throw mismatch(key, result.issues)
      return result.value
    }
    try {
      const encoded = validator.encode(value)
      ignoreRejection(encoded)
      return encoded
    } catch (error) {
      const { issues } = Object(error) as { issues?: unknown }
      if (Array.isArray(issues)) throw mismatch(key, issues)
      throw new TypeError(`session: schema.${key} cannot encode the value: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  return {
    checkKey,
    write(key, value) {
      const stored = toJson(key, encode(key, value))
      const again = validate(key, stored)
      if (again.issues) {
        throw new TypeError(
          `session: schema.${key} rejects its own output, so the value could not be read again: ${messagesOf(again.issues)}`,
        )
      }
      return stored
    },
    read(key, stored) {
      const result = decode(key, stored)
      return result === undefined || result.issues ? undefined : toReadonly(result.value)
    },
  }
}

function checkText(key: string): void {
  if (typeof key !== 'string') throw new TypeError(`session: a key must be text, got ${typeof key}`)
}

function mismatch(key: string, issues: readonly StandardIssue[]): TypeError {
  return new TypeError(`session: ${key} does not match its schema: ${messagesOf(issues)}`)
}

function messagesOf(issues: readonly StandardIssue[]): string {
  return issues.map(({ message }) => message).join('; ')
}

/** Whether a value is an object of validators, not a single validator such as `z.object({ … })`. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('~standard' in value)
}
