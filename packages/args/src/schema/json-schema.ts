import type { StandardSchemaV1 } from '@tsgi/core/options'

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** One property of an object. */
export interface PropertySchema {
  readonly schema: JsonSchema
  readonly required: boolean
}

/** The properties that a JSON Schema has for an object. */
export interface ObjectShape {
  readonly properties: ReadonlyMap<string, PropertySchema>
  /** The schema of all other properties; undefined if there is none. */
  readonly others: JsonSchema | undefined
}

/** Returns the schema that a `$ref` refers to. */
export type Resolve = (reference: string) => JsonSchema

/** The keywords of a JSON Schema that have schemas inside. */
export interface Keywords {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
  readonly items?: unknown
  readonly prefixItems?: readonly unknown[]
  readonly allOf?: readonly unknown[]
  readonly anyOf?: readonly unknown[]
  readonly oneOf?: readonly unknown[]
}

/** Called by zod for each schema inside another, to change the result of its conversion (https://zod.dev/json-schema). */
export type ZodOverride = (node: {
  readonly zodSchema: ZodNode
  readonly jsonSchema: Record<string, unknown>
}) => void

/** The public parts of a schema of zod (https://zod.dev/library-authors). */
export interface ZodNode {
  readonly _zod: {
    readonly def: {
      readonly type: string
      readonly coerce?: boolean
      readonly in?: ZodNode
      readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[]
    }
  }
}

/**
 * Converts the input of a schema to a JSON Schema. Parts that JSON Schema cannot express allow anything. Returns undefined
 * if the library does not implement Standard JSON Schema, or cannot convert this schema.
 */
export function toJsonSchema(schema: StandardSchemaV1, override: ZodOverride): JsonSchema | undefined {
  const { jsonSchema, vendor } = schema['~standard']
  const libraryOptions = vendor === 'zod' ? { unrepresentable: 'any', override } : undefined
  try {
    return jsonSchema?.input({ target: 'draft-2020-12', libraryOptions })
  } catch (cause) {
    if (!(cause instanceof RangeError)) return undefined
    throw new TypeError(
      'A schema that refers to itself must be declared once, but a function in it creates a new one each time.',
      { cause },
    )
  }
}

/** Returns the function that resolves the references within a JSON Schema. */
export function resolver(root: JsonSchema): Resolve {
  return function resolve(reference) {
    let found: unknown = root
    for (const key of reference.replace(/^#\/?/, '').split('/')) {
      if (key === '') continue
      found = (found as Record<string, unknown> | undefined)?.[
        key.replaceAll('~1', '/').replaceAll('~0', '~')
      ]
    }
    return schemaOf(found)
  }
}

/** Converts a boolean schema to an object: `true` allows everything, `false` nothing. */
export function schemaOf(json: unknown): JsonSchema {
  if (json === false) return { not: {} }
  return typeof json === 'object' && json !== null ? (json as JsonSchema) : {}
}

/**
 * Returns the properties that a schema has for an object. Those of the members of `allOf` are combined; in `anyOf` and
 * `oneOf`, a property is required if every member requires it.
 */
export function objectShape(
  schema: JsonSchema,
  resolve: Resolve,
  seen: ReadonlySet<unknown> = new Set(),
): ObjectShape {
  if (seen.has(schema)) return { properties: new Map(), others: undefined }
  const shapes = (members: readonly unknown[]) =>
    members.map((member) => objectShape(schemaOf(member), resolve, new Set([...seen, schema])))
  const {
    $ref,
    properties = {},
    required = [],
    additionalProperties,
    allOf = [],
    anyOf,
    oneOf,
  } = schema as Keywords
  const own = {
    properties: new Map(
      Object.entries(properties).map(([name, property]) => [
        name,
        { schema: schemaOf(property), required: required.includes(name) },
      ]),
    ),
    others: additionalProperties ? schemaOf(additionalProperties) : undefined,
  }
  return combined('allOf', [
    own,
    ...($ref === undefined ? [] : shapes([resolve($ref)])),
    ...shapes(allOf),
    ...[anyOf, oneOf].flatMap((members) => (members ? [combined('anyOf', shapes(members))] : [])),
  ])
}

function combined(keyword: 'allOf' | 'anyOf', shapes: readonly ObjectShape[]): ObjectShape {
  if (shapes.length === 1) return shapes[0]!
  const names = new Set(shapes.flatMap(({ properties }) => [...properties.keys()]))
  const properties = new Map<string, PropertySchema>()
  for (const name of names) {
    const each = shapes.map((shape) => shape.properties.get(name))
    const isRequired = (property: PropertySchema | undefined) => property?.required === true
    properties.set(name, {
      schema: oneSchema(
        keyword,
        each.flatMap((property) => (property ? [property.schema] : [])),
      ),
      required: keyword === 'allOf' ? each.some(isRequired) : each.every(isRequired),
    })
  }
  const others = shapes.flatMap((shape) => (shape.others ? [shape.others] : []))
  return { properties, others: others.length === 0 ? undefined : oneSchema(keyword, others) }
}

function oneSchema(keyword: 'allOf' | 'anyOf', schemas: readonly JsonSchema[]): JsonSchema {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return distinct.length === 1 ? distinct[0]! : { [keyword]: distinct }
}
