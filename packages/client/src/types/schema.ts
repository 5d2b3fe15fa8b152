import type { StandardSchemaV1 } from '@tsgi/core/options'

/** The values that a schema accepts. */
export type InputOf<S> = S extends StandardSchemaV1 ? NonNullable<S['~standard']['types']>['input'] : unknown

/** A value after it was sent as JSON: a date becomes text. */
export type Json<T> = unknown extends T
  ? unknown
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends { toJSON(): infer Sent }
      ? Json<Sent>
      : T extends (...args: never) => unknown
        ? never
        : { [K in keyof T]: Json<T[K]> }

/** A value in a query or a form, if the schema does not say. */
type Field = string | number | boolean | bigint | Date | null | undefined

/** The fields of a query or a form. A schema that converts text accepts anything, so numbers can be sent as they are. */
export type Fields<Input> = unknown extends Input
  ? Readonly<Record<string, Field | readonly Field[]>>
  : { readonly [K in keyof Input]: unknown extends Input[K] ? Field | readonly Field[] : Input[K] }
