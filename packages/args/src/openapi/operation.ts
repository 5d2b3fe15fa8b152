import type { RouteMetadata } from '@tsgi/core'
import { reasonPhrase } from '@tsgi/core/gateway'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { ComponentSchemas } from './components.ts'
import type { ArgsDeclaration } from './declaration.ts'
import type { OpenApiContent, OpenApiOperation, OpenApiParameter, OpenApiResponse } from './document-types.ts'
import type { PathTemplate } from './path-template.ts'
import { INVALID_ARGUMENTS, PROBLEM } from './problem-schemas.ts'
import { requestBody } from './request-body.ts'
import type { VisibleRoute } from './visible-routes.ts'

/** Describes one method of one path. */
export function makeOperation(
  operationId: string,
  { keys }: PathTemplate,
  { declaration, metadata }: VisibleRoute,
  components: ComponentSchemas,
): OpenApiOperation {
  const { path, query, headers, cookies, body } = declaration
  const { summary, description, tags, deprecated, security } = metadata
  const parameters = [
    ...pathParameters(keys, path, operationId, components),
    ...parametersIn('query', query, operationId, components),
    ...parametersIn('header', headers, operationId, components),
    ...parametersIn('cookie', cookies, operationId, components),
  ]
  return {
    operationId,
    ...defined({ summary, description, tags, deprecated, security }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, operationId, components) }),
    responses: responses(declaration, metadata.responses, operationId, components),
  }
}

/** Describes exactly the parameters in the template, as OpenAPI requires, whatever the schema declares. */
function pathParameters(
  keys: PathTemplate['keys'],
  schema: StandardSchemaV1 | undefined,
  operationId: string,
  components: ComponentSchemas,
): OpenApiParameter[] {
  const properties = schema && components.propertiesOf(components.convert(schema, `${operationId}_path`))
  return keys.map(({ name, label, wildcard }) => {
    const several = { type: 'string', description: 'One or more segments of the path.' }
    const schema = wildcard ? several : (properties?.get(name)?.schema ?? { type: 'string' })
    return parameter('path', label, schema, true)
  })
}

/** OpenAPI describes these elsewhere and ignores them as parameters (§4.8.12.2.1). */
const NOT_PARAMETERS = ['accept', 'content-type', 'authorization']

function parametersIn(
  place: 'query' | 'header' | 'cookie',
  schema: StandardSchemaV1 | undefined,
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

function responses(
  { path, query, headers, cookies, body, responses = {}, onInvalid }: ArgsDeclaration,
  added: RouteMetadata['responses'] = {},
  operationId: string,
  components: ComponentSchemas,
): Record<string, OpenApiResponse> {
  const found: Record<string, OpenApiResponse> = {}
  for (const [status, schema] of Object.entries(responses)) {
    found[status] = {
      description: reasonPhrase(Number(status)),
      ...(!['204', '205', '304'].includes(status) && {
        content: jsonContent(Number(status), components.convert(schema, `${operationId}_${status}`)),
      }),
    }
  }
  if (Object.keys(found).length === 0) found.default = { description: 'The response of the application.' }
  const refusals = [
    ...(query || cookies || body ? [400] : []),
    ...(body ? [413, 415] : []),
    ...((path || query || headers || cookies || body) && !onInvalid ? [422] : []),
  ]
  for (const status of refusals) {
    const schema =
      status === 422
        ? components.add('InvalidArguments', INVALID_ARGUMENTS)
        : components.add('Problem', PROBLEM)
    found[status] ??= { description: reasonPhrase(status), content: jsonContent(status, schema) }
  }
  for (const [status, description] of Object.entries(added)) {
    const content = Number(status) >= 400 && {
      content: jsonContent(Number(status), components.add('Problem', PROBLEM)),
    }
    found[status] ??= { description, ...content }
  }
  return found
}

/** Leaves out the keys that are undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof defined<T>
  >
}

function jsonContent(status: number, schema: JsonSchema): OpenApiContent {
  return { [status < 400 ? 'application/json' : 'application/problem+json']: { schema } }
}
