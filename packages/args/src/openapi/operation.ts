import { reasonPhrase } from '@tsgi/core/gateway'
import type { Body } from '../body/body-schema.ts'
import type { Schema } from '../schema/schema.ts'
import type { ComponentSchemas } from './components.ts'
import type { Declared } from './declaration.ts'
import type {
  JsonSchema,
  OpenApiContent,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from './document.ts'
import type { PathTemplate } from './path-template.ts'

/** What is declared of one method of one path, as an operation. */
export function makeOperation(
  operationId: string,
  { keys }: PathTemplate,
  declared: Declared,
  components: ComponentSchemas,
): OpenApiOperation {
  const { path, query, headers, cookies, body } = declared
  const parameters = [
    ...pathParameters(keys, path, operationId, components),
    ...parametersIn('query', query, operationId, components),
    ...parametersIn('header', headers, operationId, components),
    ...parametersIn('cookie', cookies, operationId, components),
  ]
  return {
    operationId,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, operationId, components) }),
    responses: responses(declared, operationId, components),
  }
}

/** The parameters that the template has, whatever the schema says: OpenAPI wants exactly those. */
function pathParameters(
  keys: PathTemplate['keys'],
  schema: Schema | undefined,
  operationId: string,
  components: ComponentSchemas,
): OpenApiParameter[] {
  const properties = schema
    ? components.propertiesOf(components.convert(schema, `${operationId}_path`))
    : undefined
  return keys.map(({ name, label, wildcard }) => {
    const several = { type: 'string', description: 'One or more segments of the path.' }
    const schema = wildcard ? several : (properties?.get(name)?.schema ?? { type: 'string' })
    return parameter('path', label, schema, true)
  })
}

/** OpenAPI has its own ways to say these, and has them ignored as parameters (§4.8.12.2.1). */
const NOT_PARAMETERS = ['accept', 'content-type', 'authorization']

function parametersIn(
  place: 'query' | 'header' | 'cookie',
  schema: Schema | undefined,
  operationId: string,
  components: ComponentSchemas,
): OpenApiParameter[] {
  if (schema === undefined) return []
  const properties = components.propertiesOf(components.convert(schema, `${operationId}_${place}`))
  return [...properties]
    .filter(([name]) => place !== 'header' || !NOT_PARAMETERS.includes(name))
    .map(([name, { schema, required }]) => parameter(place, name, schema, required))
}

function parameter(
  place: OpenApiParameter['in'],
  name: string,
  schema: JsonSchema,
  required: boolean,
): OpenApiParameter {
  const { description, deprecated, ...rest } = schema
  return {
    name,
    in: place,
    required,
    ...(typeof description === 'string' && { description }),
    ...(deprecated === true && { deprecated }),
    schema: rest,
  }
}

function requestBody(
  { schema, types }: Body,
  operationId: string,
  components: ComponentSchemas,
): NonNullable<OpenApiOperation['requestBody']> {
  const json = components.convert(schema, `${operationId}_body`)
  // Only one kind of body can hold a file.
  const onlyMultipart =
    types.some(([, kind]) => kind === 'multipart') && hasFile(components.propertiesOf(json))
  const content = types
    .filter(([range, kind]) => !range.includes('*+') && (!onlyMultipart || kind === 'multipart'))
    .map(([range, kind]) => [range, { schema: kind === 'bytes' ? {} : json }] as const)
  return {
    required: !['optional', 'defaulted'].includes(schema._zod.optin ?? ''),
    content: Object.fromEntries(content),
  }
}

function hasFile(properties: ReadonlyMap<string, unknown>): boolean {
  return JSON.stringify([...properties.values()]).includes('"format":"binary"')
}

function responses(
  { path, query, headers, cookies, body, returns = {}, onInvalid }: Declared,
  operationId: string,
  components: ComponentSchemas,
): Record<string, OpenApiResponse> {
  const found: Record<string, OpenApiResponse> = {}
  for (const [status, schema] of Object.entries(returns)) {
    found[status] = {
      description: reasonPhrase(Number(status)),
      ...(!['204', '205', '304'].includes(status) && {
        content: jsonContent(Number(status), components.convert(schema, `${operationId}_${status}`)),
      }),
    }
  }
  if (Object.keys(found).length === 0) found.default = { description: 'What the application answers.' }
  const refusals = [
    ...(query || cookies || body ? [400] : []),
    ...(body ? [413, 415] : []),
    ...((path || query || headers || cookies || body) && !onInvalid ? [422] : []),
  ]
  for (const status of refusals) {
    const schema =
      status === 422 ? components.add('InvalidArguments', INVALID) : components.add('Problem', PROBLEM)
    found[status] ??= { description: reasonPhrase(status), content: jsonContent(status, schema) }
  }
  return found
}

function jsonContent(status: number, schema: JsonSchema): OpenApiContent {
  return { [status < 400 ? 'application/json' : 'application/problem+json']: { schema } }
}

/** RFC 9457 §3 */
const PROBLEM = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
  },
  required: ['type', 'title', 'status'],
}

const INVALID = {
  ...PROBLEM,
  description: 'Problem details (RFC 9457) that say what is invalid.',
  properties: {
    ...PROBLEM.properties,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          in: { type: 'string', enum: ['path', 'query', 'headers', 'cookies', 'body'] },
          path: { type: 'array', items: { type: ['string', 'integer'] } },
          code: { type: 'string' },
          message: { type: 'string' },
        },
        required: ['in', 'path', 'code', 'message'],
      },
    },
  },
  required: [...PROBLEM.required, 'errors'],
}
