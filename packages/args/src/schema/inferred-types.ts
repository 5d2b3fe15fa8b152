import type { StandardSchemaV1 } from '@tsgi/core/options'

/** The type of the values that a schema accepts. */
export type InputOf<S extends StandardSchemaV1> = NonNullable<S['~standard']['types']>['input']

/** The type of the values that a schema returns. */
export type OutputOf<S extends StandardSchemaV1> = NonNullable<S['~standard']['types']>['output']
