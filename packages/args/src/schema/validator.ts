import type { Awaitable } from '@tsgi/core'
import type { StandardResult, StandardSchemaV1 } from './standard-schema.ts'

/** Returns the function that validates a value by a schema. */
export function validator<Output>(
  schema: StandardSchemaV1<unknown, Output>,
): (value: unknown) => Awaitable<StandardResult<Output>> {
  if (isZod(schema)) {
    return async function validate(value) {
      const { success, data, error } = await schema.safeParseAsync(value)
      return success ? { value: data as Output } : { issues: error.issues }
    }
  }
  return schema['~standard'].validate
}

interface ZodSchema {
  safeParseAsync(value: unknown): Promise<
    | { success: true; data: unknown; error?: never }
    | {
        success: false
        data?: never
        error: { issues: (StandardResult<unknown> & { issues: object })['issues'] }
      }
  >
}

// zod's own `~standard.validate` first tries without promises. It would run asynchronous checks twice, and nothing would
// handle a rejection in the first run.
function isZod(schema: StandardSchemaV1): schema is StandardSchemaV1 & ZodSchema {
  return schema['~standard'].vendor === 'zod' && 'safeParseAsync' in schema
}
