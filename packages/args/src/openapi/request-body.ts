import type { StandardSchemaV1 } from '@tsgi/core/options'
import type { BodySchema } from '../body/body-schema.ts'
import type { FormFile, FormFiles } from '../body/form-file.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { ComponentSchemas } from './components.ts'
import type { OpenApiOperation } from './document-types.ts'

/** Describes the body of an operation. */
export function requestBody(
  { schema, types, files }: BodySchema,
  operationId: string,
  components: ComponentSchemas,
): NonNullable<OpenApiOperation['requestBody']> {
  const fields = components.convert(schema, `${operationId}_body`)
  const isEmpty = Object.keys(files).length === 0
  const multipart = { schema: isEmpty ? fields : withFiles(fields, files, components), ...encodingOf(files) }
  // Only a multipart form can contain a file. Declared files that are optional can be left out.
  const onlyMultipart =
    types.some(([, format]) => format === 'multipart') && hasFile(components.propertiesOf(fields))
  const content = types
    .filter(([range, format]) => !range.includes('*+') && (!onlyMultipart || format === 'multipart'))
    .map(([range, format]) => {
      return [
        range,
        format === 'multipart' ? multipart : { schema: format === 'bytes' ? {} : fields },
      ] as const
    })
  const required = Object.values(files).some(({ isOptional }) => !isOptional) || !acceptsNothing(schema)
  return { required, content: Object.fromEntries(content) }
}

/** Adds declared files to the schema of a form. */
function withFiles(form: JsonSchema, files: FormFiles, components: ComponentSchemas): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const [name, property] of components.propertiesOf(form)) {
    properties[name] = property.schema
    if (property.required) required.push(name)
  }
  for (const [name, file] of Object.entries(files)) {
    properties[name] = schemaOfFile(file)
    if (!file.isOptional) required.push(name)
  }
  const { type: _, properties: __, required: ___, $ref: ____, ...rest } = form
  return { ...rest, type: 'object', properties, ...(required.length > 0 && { required }) }
}

function schemaOfFile({ isList, isOptional, maxSize, maxCount, types = [] }: FormFile): JsonSchema {
  const file = {
    type: 'string',
    format: 'binary',
    ...(types.length === 1 && !types[0]!.includes('*') && { contentMediaType: types[0] }),
    ...(maxSize !== undefined && { maxLength: maxSize }),
  }
  return isList ? { type: 'array', items: file, minItems: isOptional ? 0 : 1, maxItems: maxCount } : file
}

/** Lists the media types of the files, some of which may be ranges (OpenAPI 3.1 §4.8.15). */
function encodingOf(files: FormFiles): { encoding?: Record<string, { contentType: string }> } {
  const typed = Object.entries(files).flatMap(([name, { types }]) =>
    types === undefined ? [] : [[name, { contentType: types.join(', ') }] as const],
  )
  return typed.length === 0 ? {} : { encoding: Object.fromEntries(typed) }
}

function hasFile(properties: ReadonlyMap<string, unknown>): boolean {
  return JSON.stringify([...properties.values()]).includes('"format":"binary"')
}

/** Reports whether a body may be missing, by validating `undefined`. Asynchronous schemas are assumed to require a body. */
function acceptsNothing(schema: StandardSchemaV1): boolean {
  try {
    const result = schema['~standard'].validate(undefined)
    if (!(result instanceof Promise)) return result.issues === undefined
    result.catch(() => {})
    return false
  } catch {
    return false
  }
}
