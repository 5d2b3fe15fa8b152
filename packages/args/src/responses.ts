import type { Application, Environ } from '@tsgi/core'
import { plainParts } from '@tsgi/core/gateway'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import type { ResponseSchemas } from './openapi/declaration.ts'
import { type InputShape, inputShape } from './schema/input-shape.ts'
import { type JsonSchema, type Keywords, objectShape, schemaOf } from './schema/json-schema.ts'
import { validator } from './schema/validator.ts'

/**
 * Reports whether responses are checked: if `NODE_ENV` can be read and is not `production`. A runtime without a `process`
 * is treated as production.
 */
export function inDevelopment(): boolean {
  try {
    const { process } = globalThis as { process?: { env: { NODE_ENV?: string } } }
    return process !== undefined && process.env.NODE_ENV !== 'production'
  } catch {
    // Deno throws if the program may not read the environment.
    return false
  }
}

/**
 * Checks the JSON responses of an application with the schema that is declared for their status. Throws an `Error` if a
 * response is invalid or has a key that its schema does not declare. Does not change the response.
 */
export function checkResponses<E extends object>(
  app: Application<E>,
  responses: ResponseSchemas,
): Application<E> {
  return async function checked(environ) {
    const response = await app(environ)
    const schema = Object.hasOwn(responses, response.status) ? responses[response.status] : undefined
    if (schema && isJson(response)) {
      // A clone would turn a body that is known into a stream, which has neither a length nor an entity tag.
      const body = plainParts(response)?.body
      await check(body ? new Response(body, response) : response.clone(), schema, environ)
    }
    return response
  }
}

async function check(response: Response, schema: StandardSchemaV1, environ: Environ): Promise<void> {
  const { method, scriptName, pathInfo } = environ
  const name = `args: the response to ${method} ${scriptName}${pathInfo}`
  const body: unknown = await response.json().catch((cause: unknown) => {
    throw new Error(`${name} has a JSON Content-Type, but its body is not JSON`, { cause })
  })
  const result = await validator(schema)(body)
  const problems = result.issues
    ? result.issues.map(({ path = [], message }) => ({ path: path.map(keyOf), problem: message }))
    : undeclaredKeys(body, result.value, inputShape(schema)).map((path) => ({
        path,
        problem: 'is not declared',
      }))
  if (problems.length === 0) return
  const lines = problems.map(({ path, problem }) =>
    path.length === 0 ? problem : `${path.join('.')}: ${problem}`,
  )
  throw new Error(`${name} does not match responses[${response.status}]: ${lines.join('; ')}`, {
    cause: result.issues,
  })
}

function keyOf(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment)
}

/** Finds the keys of a response that its schema removes, except those that it renames or converts. */
function undeclaredKeys(
  sent: unknown,
  output: unknown,
  shape: InputShape,
  schema: JsonSchema = shape.root,
): string[][] {
  const { $ref, items } = schema as Keywords
  if ($ref !== undefined) return undeclaredKeys(sent, output, shape, shape.resolve($ref))
  const inside = (key: string, value: unknown, result: unknown, member: JsonSchema) =>
    undeclaredKeys(value, result, shape, member).map((path) => [key, ...path])
  if (Array.isArray(sent) && Array.isArray(output)) {
    return sent.flatMap((item, index) => inside(`${index}`, item, output[index], schemaOf(items)))
  }
  if (!isRecord(sent) || !isRecord(output)) return []
  const { properties } = objectShape(schema, shape.resolve)
  return Object.entries(sent).flatMap(([key, value]) => {
    const declared = properties.get(key)?.schema
    if (!Object.hasOwn(output, key)) return declared === undefined ? [[key]] : []
    return inside(key, value, output[key], declared ?? {})
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value))
  )
}

function isJson(response: Response): boolean {
  const type = response.headers.get('content-type') ?? ''
  return (
    (plainParts(response)?.body ?? response.body) !== null &&
    /^application\/(?:json|[\w.-]+\+json)[ \t]*(?:;|$)/i.test(type)
  )
}
