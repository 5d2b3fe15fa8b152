import type { Awaitable, Environ } from '@tsgi/core'
import { type Bounds, checkOptions, describe, readLimits, type Size } from '@tsgi/core/options'
import { isInRange, parseContentType } from '../headers/content-type.ts'
import type { FilePart } from '../multipart/form-part.ts'
import { bounds } from '../multipart/limits.ts'
import { checkTypes } from './media-ranges.ts'

/** The options of {@link file} and {@link fileList}. */
export interface FileOptions<T, E extends object> {
  /** Bytes of each file; `limits.maxFileSize` by default. A larger file is rejected with 413. */
  readonly maxSize?: Size
  /**
   * The accepted media types, such as `image/png`, or ranges, such as `image/*`. By default, any. Another type is rejected
   * with 422. The client declares the type, so it may not be the type of the content.
   */
  readonly types?: readonly string[]
  /**
   * Receives a file while it arrives, and returns the value of the field. Bytes that it does not read are skipped. Without
   * it, the value is a `File` in memory.
   */
  readonly receive?: (part: FilePart, environ: Environ & E) => Awaitable<T>
  /**
   * Deletes what `receive` has returned. Called if the request turns out to be invalid, is cut off, or fails in another way
   * before the application is called.
   */
  readonly discard?: (value: T, environ: Environ & E) => unknown
}

/** A file in a form, created by {@link file} or {@link fileList}. */
export interface FormFile<Value = unknown, Needs extends object = object> {
  readonly maxSize: number | undefined
  readonly types: readonly string[] | undefined
  /** Whether the value is a list. */
  readonly isList: boolean
  readonly maxCount: number
  readonly isOptional: boolean
  readonly receive: ((part: FilePart, environ: never) => unknown) | undefined
  readonly discard: ((value: never, environ: never) => unknown) | undefined
  /** Only exists for the compiler. */
  readonly '~types'?: { readonly value: Value; readonly needs: Needs } | undefined
}

/** The declared files of a form, by name. */
export type FormFiles = Readonly<Record<string, FormFile>>

/** The type of a form without declared files. */
export type NoFiles = Readonly<Record<never, never>>

/**
 * Declares a file of a form, for the option `files` of `formBody`. Its value is a `File` in memory, or the result of
 * `receive`.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { args, file, formBody } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { z } from 'zod'
 *
 * const log = file({
 *   maxSize: 5_000_000_000,
 *   types: ['text/*'],
 *   async receive(part) {
 *     let lines = 0
 *     for await (const chunk of part.body) lines += chunk.filter((byte) => byte === 10).length
 *     return { name: part.filename, lines }
 *   },
 * })
 * const body = formBody(z.object({ host: z.string() }), { files: { log } })
 * const web = client(args({ body })(({ args }) => json(args.body)))
 *
 * const form = new FormData()
 * form.append('host', 'a1')
 * form.append('log', new File(['started\nstopped\n'], 'a1.log', { type: 'text/plain' }))
 * const response = await web.post('/', { form })
 * await response.json() // => { host: 'a1', log: { name: 'a1.log', lines: 2 } }
 * ```
 */
export function file<T = File, E extends object = object, Optional extends boolean = false>(
  options: FileOptions<T, E> & {
    /** Whether the form may be sent without the file, which makes the value `undefined`. Default: false. */
    readonly optional?: Optional
  },
): FormFile<NoInfer<Optional extends true ? T | undefined : T>, E> {
  return formFile('file', options, ['optional'])
}

/**
 * Declares a list of files with the same name, from 1 to `maxCount`. Otherwise like {@link file}.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { args, fileList, formBody } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { z } from 'zod'
 *
 * const photos = fileList({ maxCount: 3, maxSize: 100_000, types: ['image/png', 'image/jpeg'] })
 * const body = formBody(z.object({}), { files: { photos } })
 * const web = client(args({ body })(({ args }) => json(args.body.photos.map(({ name }) => name))))
 *
 * const form = new FormData()
 * for (const name of ['sea.png', 'sky.png']) form.append('photos', new File(['…'], name, { type: 'image/png' }))
 * const response = await web.post('/', { form })
 * await response.json() // => ['sea.png', 'sky.png']
 * ```
 */
export function fileList<T = File, E extends object = object>(
  options: FileOptions<T, E> & {
    /** The maximum number of files. More are rejected with 422. */
    readonly maxCount: number
    /** Whether the list may be empty. Default: false. */
    readonly optional?: boolean
  },
): FormFile<NoInfer<readonly T[]>, E> {
  return formFile('fileList', options, ['maxCount', 'optional'])
}

type Checked = Pick<FormFile, 'receive' | 'discard'> & {
  readonly maxSize?: Size
  readonly types?: readonly string[]
  readonly maxCount?: number
  readonly optional?: boolean
}

const MAX_SIZE: Bounds = bounds(0, 'bytes')
const MAX_COUNT: Bounds = { ...bounds(0, 'files'), max: 1_000_000 }

function formFile<Value, Needs extends object>(
  name: 'file' | 'fileList',
  options: object,
  own: readonly string[],
): FormFile<Value, Needs> {
  checkOptions(name, options, ['maxSize', 'types', 'receive', 'discard', ...own])
  const { maxSize, types, maxCount, receive, discard, optional = false } = options as Checked
  const isList = name === 'fileList'
  for (const [option, value] of Object.entries({ receive, discard })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`${name}: ${option} must be a function, got ${describe(value)}`)
    }
  }
  if (discard !== undefined && receive === undefined) {
    throw new TypeError(`${name}: discard has nothing to delete without receive`)
  }
  if (typeof optional !== 'boolean') {
    throw new TypeError(`${name}: optional must be a boolean, got ${describe(optional)}`)
  }
  if (isList && maxCount === undefined) throw new TypeError('fileList: maxCount is required')
  return {
    maxSize: maxSize === undefined ? undefined : readLimits(name, { maxSize }, { maxSize: MAX_SIZE }).maxSize,
    types: types && checkTypes(types, name),
    isList,
    maxCount: isList ? readLimits(name, { maxCount }, { maxCount: MAX_COUNT }).maxCount : 1,
    isOptional: optional,
    receive,
    discard,
  }
}

/** Reports whether a value was created by {@link file} or {@link fileList}. */
export function isFormFile(value: unknown): value is FormFile {
  return typeof value === 'object' && value !== null && 'isList' in value && 'maxCount' in value
}

/** Reports whether a file may have a media type. */
export function acceptsType({ types }: FormFile, type: string): boolean {
  if (types === undefined) return true
  try {
    const { essence } = parseContentType(type)
    return types.some((range) => isInRange(essence, range))
  } catch {
    return false
  }
}
