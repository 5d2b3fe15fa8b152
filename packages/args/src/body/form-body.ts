import { checkOptions, checkSchema, describe, readLimits, type StandardSchemaV1 } from '@tsgi/core/options'
import { bounds } from '../multipart/limits.ts'
import { type BodySchema, type FieldLimits, FORM_TYPES } from './body-schema.ts'
import { type FormFiles, isFormFile, type NoFiles } from './form-file.ts'

/** The options of {@link formBody}. */
export interface FormBodyOptions<F extends FormFiles = FormFiles> {
  /**
   * Files with limits of their own, created by `file` or `fileList`. Each becomes a key of the body, beside those of the
   * schema. The form must be `multipart/form-data`, unless all files are optional.
   */
  readonly files?: F
  /** The maximum number of bytes of single fields; `limits.maxFieldSize` for the others. */
  readonly fields?: FieldLimits
}

/**
 * Declares a form, urlencoded or multipart. A field is a string and a file is a `File`; a key is a list if its schema is
 * one. File inputs without a file are left out. With `files`, files get limits of their own and can be streamed.
 *
 * Source: URL standard, "application/x-www-form-urlencoded"; RFC 7578.
 *
 * @throws TypeError if `schema` is not a schema, or an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { args, formBody } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { z } from 'zod'
 *
 * const Upload = formBody(z.object({ tags: z.array(z.string()), photo: z.file().max(1000) }))
 * const web = client(args({ body: Upload })(({ args }) => json([args.body.tags, args.body.photo.name])))
 *
 * const form = new FormData()
 * form.append('tags', 'sea')
 * form.append('photo', new File(['…'], 'sea.png', { type: 'image/png' }))
 * const response = await web.post('/', { form })
 * await response.json() // => [['sea'], 'sea.png']
 * ```
 */
export function formBody<S extends StandardSchemaV1, F extends FormFiles = NoFiles>(
  schema: S,
  options: FormBodyOptions<F> = {},
): BodySchema<S, F, 'urlencoded' | 'multipart'> {
  checkSchema('formBody: schema', schema)
  checkOptions('formBody', options, ['files', 'fields'])
  const { files = {} as F, fields = {} } = options
  for (const [name, value] of Object.entries(files)) {
    if (!isFormFile(value)) {
      throw new TypeError(
        `formBody: files.${name} must be created by file() or fileList(), got ${describe(value)}`,
      )
    }
  }
  const limits = Object.entries(fields).map(([name, limit]) => {
    if (Object.hasOwn(files, name))
      throw new TypeError(`formBody: fields.${name} is a file: set its maxSize in files`)
    return [name, readField(name, limit)] as const
  })
  const needsFiles = Object.values(files).some(({ isOptional }) => !isOptional)
  const types = needsFiles ? FORM_TYPES.filter(([, format]) => format === 'multipart') : FORM_TYPES
  return { schema, types, files, fields: Object.fromEntries(limits) }
}

function readField(name: string, limit: object): { readonly maxSize: number } {
  const path = `formBody: fields.${name}`
  checkOptions(path, limit, ['maxSize'])
  const { maxSize } = readLimits(path, limit, { maxSize: bounds(0, 'bytes') })
  if (maxSize === 0) throw new TypeError(`${path} must have a maxSize, such as { maxSize: 10_000 }`)
  return { maxSize }
}
