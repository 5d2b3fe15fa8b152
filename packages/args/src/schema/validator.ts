import type { Awaitable } from '@tsgi/core'
import type { StandardResult, StandardSchemaV1 } from '@tsgi/core/options'
import { inputShape } from './input-shape.ts'

/** Returns the function that validates a value with a schema. */
export function validator<Output>(
  schema: StandardSchemaV1<unknown, Output>,
): (value: unknown) => Awaitable<StandardResult<Output>> {
  const { validate, vendor } = schema['~standard']
  if (vendor !== 'zod' || !hasSafeParse(schema)) return validate
  let isAsync: boolean | undefined
  return function validateByZod(value) {
    // Not before the first request: a schema may refer to another one that its module declares later.
    isAsync ??= inputShape(schema).mayBeAsync
    return isAsync ? parseAsync<Output>(schema, value) : validate(value)
  }
}

// zod's `~standard.validate` first tries without promises. It would run asynchronous checks twice, and nothing would
// handle a rejection in the first run.
async function parseAsync<Output>(schema: ZodSchema, value: unknown): Promise<StandardResult<Output>> {
  const { success, data, error } = await schema.safeParseAsync(value)
  return success ? { value: data as Output } : { issues: error.issues }
}

interface ZodSchema extends StandardSchemaV1 {
  safeParseAsync(value: unknown): Promise<
    | { success: true; data: unknown; error?: never }
    | {
        success: false
        data?: never
        error: { issues: Extract<StandardResult<unknown>, { issues: object }>['issues'] }
      }
  >
}

function hasSafeParse(schema: StandardSchemaV1): schema is ZodSchema {
  return 'safeParseAsync' in schema
}
