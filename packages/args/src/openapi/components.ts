import type { StandardSchemaV1 } from '@tsgi/core/options'
import {
  type JsonSchema,
  type ObjectShape,
  objectShape,
  toJsonSchema,
  type ZodOverride,
} from '../schema/json-schema.ts'

const PREFIX = '#/components/schemas/'

/**
 * The JSON Schemas of a document. A schema that refers to itself, or has an `id` in zod's `meta`, becomes a component that
 * others refer to.
 */
export class ComponentSchemas {
  readonly #schemas = new Map<string, JsonSchema>()
  /** Each component with everything it refers to, as text: another schema may only share its name if the text is equal. */
  readonly #origins = new Map<string, string>()
  /** Schemas that refer to no component, converted. */
  readonly #plain = new Map<StandardSchemaV1, JsonSchema>()
  /** The references to components of {@link add}. */
  readonly #added = new Map<JsonSchema, JsonSchema>()

  /** The components, by name. */
  get all(): Record<string, JsonSchema> {
    return Object.fromEntries(this.#schemas)
  }

  /** Adds a component and returns a reference to it. */
  add(name: string, schema: JsonSchema): JsonSchema {
    const known = this.#added.get(schema)
    if (known !== undefined) return known
    const component = this.#nameFor(name, JSON.stringify(schema))
    this.#schemas.set(component, schema)
    const reference = { $ref: PREFIX + component }
    this.#added.set(schema, reference)
    return reference
  }

  /**
   * Converts the input of a schema to a JSON Schema; a date becomes the text it is parsed from. Returns `{}`, which allows
   * everything, if the library does not implement Standard JSON Schema.
   *
   * @param name The name of a component that does not name itself.
   */
  convert(schema: StandardSchemaV1, name: string): JsonSchema {
    const known = this.#plain.get(schema)
    if (known !== undefined) return known
    const { $schema: _, $defs = {}, ...root } = toJsonSchema(schema, datesAreText) ?? {}
    const definitions = new Map(
      Object.entries($defs as Record<string, JsonSchema>).map(([key, value]) => [`#/$defs/${key}`, value]),
    )
    if (JSON.stringify([root, $defs]).includes('"$ref":"#"')) definitions.set('#', root)
    if (definitions.size === 0) {
      this.#plain.set(schema, root)
      return root
    }
    const references = new Map(
      [...definitions.keys()].map((reference) => {
        const own = reference.slice('#/$defs/'.length)
        const wanted = own === '' ? name : own.startsWith('__schema') ? `${name}_${own.slice(8)}` : own
        return [reference, PREFIX + this.#nameFor(wanted, expanded(reference, definitions))]
      }),
    )
    for (const [reference, definition] of definitions) {
      const component = references.get(reference)!.slice(PREFIX.length)
      this.#schemas.set(component, redirected(definition, references) as JsonSchema)
    }
    const whole = references.get('#')
    return whole === undefined ? (redirected(root, references) as JsonSchema) : { $ref: whole }
  }

  /** Returns the properties of an object's schema. */
  propertiesOf(schema: JsonSchema): ObjectShape['properties'] {
    return objectShape(schema, (reference) => this.#schemas.get(reference.slice(PREFIX.length)) ?? {})
      .properties
  }

  #nameFor(wanted: string, origin: string): string {
    const base = wanted.replace(/[^\w.-]/g, '_')
    let name = base
    for (let count = 2; (this.#origins.get(name) ?? origin) !== origin; count++) name = `${base}_${count}`
    this.#origins.set(name, origin)
    return name
  }
}

const datesAreText: ZodOverride = ({ zodSchema, jsonSchema }) => {
  if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
}

/** Returns a definition as text, with the first reference to each other definition replaced by that definition. */
function expanded(reference: string, definitions: ReadonlyMap<string, JsonSchema>): string {
  const seen = new Set<unknown>([reference])
  return JSON.stringify(definitions.get(reference), (key, value) => {
    if (key !== '$ref' || seen.has(value)) return value
    seen.add(value)
    return definitions.get(value) ?? value
  })
}

function redirected(json: unknown, references: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(json)) return json.map((item) => redirected(item, references))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      key,
      (key === '$ref' && references.get(value)) || redirected(value, references),
    ]),
  )
}
