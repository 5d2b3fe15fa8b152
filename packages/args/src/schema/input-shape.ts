import type { StandardSchemaV1 } from '@tsgi/core/options'
import {
  type JsonSchema,
  type Keywords,
  objectShape,
  type Resolve,
  resolver,
  schemaOf,
  toJsonSchema,
  type ZodNode,
  type ZodOverride,
} from './json-schema.ts'

/** A kind of value that can arrive in a request. */
export type InputKind = 'text' | 'file' | 'list' | 'object'

const shapes = new WeakMap<StandardSchemaV1, InputShape>()

/** Returns the shape of a schema's input. It is only cached if the schema could be converted. */
export function inputShape(schema: StandardSchemaV1): InputShape {
  const known = shapes.get(schema)
  if (known !== undefined) return known
  let mayBeAsync = false
  const json = toJsonSchema(schema, (node) => {
    mayBeAsync ||= isOpaque(node.zodSchema)
    describeInput(node)
  })
  const shape = new InputShape(json ?? {}, mayBeAsync || json === undefined)
  if (json !== undefined) shapes.set(schema, shape)
  return shape
}

/** The schemas of the properties of an object, and that of all other properties. */
export interface FieldSchemas {
  readonly named: ReadonlyMap<string, JsonSchema>
  readonly others: JsonSchema | undefined
}

/** The values that a schema accepts, as far as its JSON Schema says. */
export class InputShape {
  readonly root: JsonSchema
  readonly resolve: Resolve
  /** Whether zod may need a promise to validate a value. */
  readonly mayBeAsync: boolean
  #fields: FieldSchemas | undefined

  constructor(root: JsonSchema, mayBeAsync: boolean) {
    this.root = root
    this.mayBeAsync = mayBeAsync
    this.resolve = resolver(root)
  }

  /** The schemas of the properties, and that of all other properties. */
  get fields(): FieldSchemas {
    this.#fields ??= this.#findFields()
    return this.#fields
  }

  #findFields(): FieldSchemas {
    const { properties, others } = objectShape(this.root, this.resolve)
    const named = new Map([...properties].map(([name, { schema }]) => [name, schema]))
    const isOpen = named.size === 0 && this.accepts('text')
    return { named, others: isOpen ? this.root : others }
  }

  /** Reports whether a schema accepts some value of a kind. */
  accepts(kind: InputKind, schema: JsonSchema = this.root): boolean {
    return this.matches(schema, (leaf) => acceptsKind(leaf, kind))
  }

  /** Reports whether a schema accepts some value, by testing its keywords and those of its members. */
  matches(
    schema: JsonSchema,
    test: (leaf: JsonSchema) => boolean,
    seen: ReadonlySet<unknown> = new Set(),
  ): boolean {
    const { $ref, allOf = [], anyOf, oneOf } = schema as Keywords
    if (seen.has(schema)) return true
    if (!test(schema)) return false
    const members = anyOf ?? oneOf
    if ($ref === undefined && allOf.length === 0 && members === undefined) return true
    const inside = new Set([...seen, schema])
    const matches = (member: unknown) => this.matches(schemaOf(member), test, inside)
    return (
      ($ref === undefined || matches(this.resolve($ref))) &&
      allOf.every(matches) &&
      (members?.some(matches) ?? true)
    )
  }
}

/** Reports whether the keywords of a schema itself accept a kind of value. */
export function acceptsKind(leaf: JsonSchema, kind: InputKind): boolean {
  if (kind === 'text' && isPreprocessed(leaf)) return leaf.type !== 'array'
  return typesOf(leaf)?.includes(kind) ?? true
}

/** Reports whether a schema is behind a function that can convert anything, such as `z.preprocess`. */
export function isPreprocessed(schema: JsonSchema): boolean {
  return schema.tsgi === 'preprocess'
}

/** Returns the kinds of value that a schema names; undefined if it allows any. */
function typesOf(schema: JsonSchema): readonly string[] | undefined {
  if (isEmpty(schema.not)) return []
  const {
    type,
    const: constant,
    enum: values = constant === undefined ? undefined : [constant],
  } = schema as {
    type?: string | readonly string[]
    const?: unknown
    enum?: readonly unknown[]
  }
  if (type === undefined) return values?.map((value) => (typeof value === 'string' ? 'text' : typeof value))
  const text = schema.format === 'binary' ? 'file' : 'text'
  const names: Record<string, string> = { string: text, array: 'list' }
  return [type].flat().map((name) => names[name] ?? name)
}

function isEmpty(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0
}

/** The types and checks of zod that call a function of the application, or contain schemas that are not visited. */
const OPAQUE = [
  ...['custom', 'function', 'map', 'pipe', 'promise', 'set', 'success', 'transform'],
  ...['properties', 'property'],
]

function isOpaque({ _zod: { def } }: ZodNode): boolean {
  return [def.type, ...(def.checks ?? []).map((check) => check._zod.def.check)].some((name) =>
    OPAQUE.includes(name),
  )
}

/** The types of zod whose values can be neither JSON nor text. */
const UNSENDABLE = ['bigint', 'date', 'function', 'map', 'nan', 'set', 'symbol']

/**
 * Makes zod's JSON Schema say what can be sent: text for a schema that converts it, and nothing for a type that only exists
 * in JavaScript. The keyword `tsgi` stores the name of that type, `any`, or `preprocess` for a schema behind a function
 * that can convert anything.
 */
const describeInput: ZodOverride = ({ zodSchema, jsonSchema }) => {
  const { type, coerce, in: first } = zodSchema._zod.def
  if (coerce) replace(jsonSchema, { type: 'string' })
  else if (UNSENDABLE.includes(type)) replace(jsonSchema, { not: {}, tsgi: type })
  else if (type === 'any' || type === 'unknown') replace(jsonSchema, { tsgi: 'any' })
  else if (first?._zod.def.type === 'transform') jsonSchema.tsgi = 'preprocess'
  else if (first && jsonSchema.tsgi === 'any') replace(jsonSchema, {})
}

function replace(target: Record<string, unknown>, source: object): void {
  for (const key of Object.keys(target)) delete target[key]
  Object.assign(target, source)
}
