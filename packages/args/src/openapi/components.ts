import { z } from 'zod'
import type { Schema } from '../schema/schema.ts'
import type { JsonSchema } from './document.ts'

/** One property of an object's schema. */
export interface Property {
  readonly schema: JsonSchema
  readonly required: boolean
}

const PREFIX = '#/components/schemas/'

/**
 * The JSON Schemas of one document. What refers to itself, or was given an `id` by zod's `meta`, becomes a component
 * that others refer to.
 */
export class ComponentSchemas {
  readonly #schemas = new Map<string, JsonSchema>()
  /** What each component was made from, with all that it refers to: a name that is taken again must mean the same. */
  readonly #origins = new Map<string, string>()

  /** The components, by name. */
  get all(): Record<string, JsonSchema> {
    return Object.fromEntries(this.#schemas)
  }

  /** Adds a component; returns a reference to it. */
  add(name: string, schema: JsonSchema): JsonSchema {
    const component = this.#nameFor(name, JSON.stringify(schema))
    this.#schemas.set(component, schema)
    return { $ref: PREFIX + component }
  }

  /**
   * What a schema takes, as a JSON Schema: of a transformation what goes in, of a date the text it is made of. What
   * JSON Schema cannot say is left open.
   *
   * @param name What a component is called that has no name of its own.
   */
  convert(schema: Schema, name: string): JsonSchema {
    const { $defs = {}, ...root } = toJson(schema)
    const definitions = new Map(
      Object.entries($defs as Record<string, JsonSchema>).map(([key, value]) => [`#/$defs/${key}`, value]),
    )
    if (JSON.stringify([root, $defs]).includes('"$ref":"#"')) definitions.set('#', root)
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

  /** The properties of an object's schema. Of a union one is required where it is in every member. */
  propertiesOf(schema: JsonSchema): Map<string, Property> {
    const { $ref, properties = {}, required = [], allOf = [], anyOf, oneOf } = schema as Keywords
    if ($ref !== undefined) return this.propertiesOf(this.#schemas.get($ref.slice(PREFIX.length)) ?? {})
    const found = new Map(
      Object.entries(properties).map(([name, schema]) => [
        name,
        { schema, required: required.includes(name) },
      ]),
    )
    for (const member of allOf)
      for (const [name, property] of this.propertiesOf(member)) found.set(name, property)
    const members = (anyOf ?? oneOf ?? []).map((member) => this.propertiesOf(member))
    for (const name of new Set(members.flatMap((member) => [...member.keys()]))) {
      const each = members.map((member) => member.get(name))
      const schemas = each.flatMap((property) => (property === undefined ? [] : [property.schema]))
      const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
      found.set(name, {
        schema: distinct.length === 1 ? distinct[0]! : { anyOf: distinct },
        required: each.every((property) => property?.required),
      })
    }
    return found
  }

  #nameFor(wanted: string, origin: string): string {
    const base = wanted.replace(/[^\w.-]/g, '_')
    let name = base
    for (let count = 2; (this.#origins.get(name) ?? origin) !== origin; count++) name = `${base}_${count}`
    this.#origins.set(name, origin)
    return name
  }
}

interface Keywords {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly allOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

function toJson(schema: Schema): JsonSchema {
  const json = z.core.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'date') {
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
      }
    },
  })
  const { $schema: _, ...keywords } = JSON.parse(JSON.stringify(json))
  return keywords
}

/** A definition as text, with each that it refers to in the place of the first reference. */
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
