import type { Awaitable } from '@tsgi/core'
import { toJsonSchema } from './json-schema.ts'
import type { StandardResult, StandardSchemaV1 } from './standard-schema.ts'

/** Returns the function that validates a value with a schema. */
export function validator<Output>(
  schema: StandardSchemaV1<unknown, Output>,
): (value: unknown) => Awaitable<StandardResult<Output>> {
  const { validate, vendor } = schema['~standard']
  if (vendor !== 'zod' || !hasSafeParse(schema)) return validate
  let isAsync: boolean | undefined
  return function validateByZod(value) {
    // Not before the first request: a schema may refer to another one that its module declares later.
    isAsync ??= mayBeAsync(schema)
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

/** The types and checks of zod that call a function of the application, or contain schemas that are not visited. */
const OPAQUE = [
  ...['custom', 'function', 'map', 'pipe', 'promise', 'set', 'success', 'transform'],
  ...['properties', 'property'],
]

/** Reports whether a schema of zod may return a promise, by looking at every schema inside it. */
function mayBeAsync(schema: StandardSchemaV1): boolean {
  let isFound = false
  const json = toJsonSchema(schema, ({ zodSchema }) => {
    const { type, checks = [] } = zodSchema._zod.def
    isFound ||= [type, ...checks.map((check) => check._zod.def.check)].some((name) => OPAQUE.includes(name))
  })
  return isFound || json === undefined
}
