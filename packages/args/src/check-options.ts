import { checkMetadata, type RouteMetadata } from '@tsgi/core'
import { checkOptions, checkSchema, describe, type StandardSchemaV1 } from '@tsgi/core/options'
import { type BodySchema, isBodySchema, toBodySchema } from './body/body-schema.ts'
import type { AnyArgsOptions, DescriptiveOptions } from './options.ts'
import { type InputShape, inputShape } from './schema/input-shape.ts'
import { type Carrier, findUnsendable, type Unsendable } from './schema/unsendable.ts'

/** The options that describe the route. */
export const METADATA: readonly (keyof DescriptiveOptions)[] = [
  ...(['summary', 'description', 'tags', 'operationId', 'deprecated', 'hidden', 'security'] as const),
]
const OPTIONS = [
  'path',
  'query',
  'headers',
  'cookies',
  'body',
  'responses',
  'onInvalid',
  'limits',
  ...METADATA,
]

/** Throws a `TypeError` that names an unknown or invalid option. */
export function checkArgsOptions(options: object): void {
  checkOptions('args', options, OPTIONS)
  const { path, query, headers, cookies, body, responses, onInvalid } = options as AnyArgsOptions & {
    onInvalid?: unknown
  }
  for (const [name, value] of Object.entries(options)) {
    // An undefined schema, for example from a circular import, would leave the part unchecked.
    if (value === undefined) throw new TypeError(`args: ${name} is undefined; leave it out if there is none`)
  }
  if (onInvalid !== undefined && typeof onInvalid !== 'function') {
    throw new TypeError(`args: onInvalid must be a function, got ${describe(onInvalid)}`)
  }
  const { responses: _, ...metadata } = options as RouteMetadata
  checkMetadata('args', metadata)
  if (path) checkSendable('path', path, 'fields')
  if (query) checkSendable('query', query, 'fields')
  if (headers) checkHeaders(headers)
  if (cookies) checkSendable('cookies', cookies, 'fields')
  if (body) checkBody(body)
  for (const [status, schema] of Object.entries(responses ?? {})) {
    if (!/^[2-5]\d\d$/.test(status)) {
      throw new TypeError(
        `args: responses must have statuses from 200 to 599 as keys, got ${describe(status)}`,
      )
    }
    checkSendable(`responses[${status}]`, schema, 'json')
  }
}

function checkHeaders(schema: StandardSchemaV1): void {
  checkSendable('headers', schema, 'fields')
  for (const name of inputShape(schema).fields.named.keys()) {
    if (/[A-Z]/.test(name)) {
      throw new TypeError(`args: headers must have names in lower case, got ${describe(name)}`)
    }
  }
}

function checkBody(body: StandardSchemaV1 | BodySchema): void {
  if (!isBodySchema(body)) checkSchema('args: body', body)
  const { schema, types, files, fields } = toBodySchema(body)
  const formats = types.map(([, format]) => format)
  const carriers: Carrier[] = [
    ...(formats.includes('json') ? ['json' as const] : []),
    ...(formats.includes('multipart') ? ['form' as const] : []),
  ]
  const shape = inputShape(schema)
  const found = carriers.map((carrier) => findUnsendable(shape, carrier))
  if (found[0] && found.every(Boolean)) throw unsendable('body', found[0], carriers)
  const declared = [Object.keys(files), Object.keys(fields)] as const
  if (declared.some((names) => names.length > 0)) checkNames(shape, ...declared)
}

/** Rejects a file that the schema declares, too, and a limit for a field that it does not declare. */
function checkNames({ fields: { named, others } }: InputShape, files: string[], fields: string[]): void {
  const twice = files.find((name) => named.has(name))
  if (twice !== undefined) {
    throw new TypeError(`args: body.${twice} is declared twice: leave it out of the schema or out of files`)
  }
  const unknown = others === undefined ? fields.find((name) => !named.has(name)) : undefined
  if (unknown !== undefined) {
    throw new TypeError(`args: body has a limit for ${describe(unknown)}, which its schema does not have`)
  }
}

/** Rejects a schema if no value that is sent this way can satisfy it. */
function checkSendable(name: string, schema: unknown, carrier: Carrier): void {
  checkSchema(`args: ${name}`, schema)
  const found = findUnsendable(inputShape(schema), carrier)
  if (found !== undefined) throw unsendable(name, found, [carrier])
}

const CARRIED: Record<Carrier, string> = {
  json: 'JSON',
  fields: 'text',
  form: 'a form',
}

function unsendable(name: string, { path, type }: Unsendable, carriers: readonly Carrier[]): TypeError {
  const carried = carriers.map((carrier) => CARRIED[carrier]).join(' or ')
  return new TypeError(
    `args: ${[name, ...path].join('.')} expects ${type}, which cannot be sent as ${carried}. ` +
      'Use a schema that converts text, such as z.coerce.number() or z.coerce.date() in zod.',
  )
}
