import type { Environ } from '@tsgi/core'
import type { Limits, StandardIssue } from '@tsgi/core/options'
import type { IncomingPart } from '../multipart/form-part.ts'
import { type DeclaredLimits, fieldTooLarge } from '../multipart/form-quota.ts'
import { MultipartReader } from '../multipart/multipart-reader.ts'
import type { BodySchema } from './body-schema.ts'
import type { ArgsLimits } from './limits.ts'
import { ReceivedFiles } from './received-files.ts'

const encoder = new TextEncoder()

/** A multipart form. */
export interface Form {
  /** The fields, and the files that are not declared. */
  readonly pairs: readonly (readonly [string, string | File])[]
  readonly files: ReceivedFiles
  /** Errors in the declared files. */
  readonly issues: readonly StandardIssue[]
  /** Whether the rest of the form was not read, because of an error in a file. */
  readonly isPartial: boolean
  /** Whether there is no body. */
  readonly isEmpty: boolean
}

/** Returns the limits of the fields and files that a body declares. */
export function declaredLimits({ files, fields }: BodySchema, limits: Limits<ArgsLimits>): DeclaredLimits {
  return {
    files: new Map(
      Object.entries(files).map(([name, { maxSize = limits.maxFileSize, maxCount }]) => [
        name,
        { maxSize, maxCount },
      ]),
    ),
    fields: new Map(Object.entries(fields)),
  }
}

/**
 * Reads a `multipart/form-data` body and hands the declared files to their functions. If it throws, everything received is
 * discarded. Throws 400 if the body is malformed or cut off, 413 if it exceeds a limit, and 415 if a field has a charset other
 * than UTF-8 or a transfer encoding.
 */
export async function readForm(
  environ: Environ,
  boundary: string,
  body: BodySchema,
  limits: Limits<ArgsLimits>,
  declared: DeclaredLimits,
): Promise<Form> {
  const reader = new MultipartReader(environ, boundary, limits, declared)
  const files = new ReceivedFiles(body.files, environ)
  const pairs: (readonly [string, string | File])[] = []
  const form = (issues: readonly StandardIssue[], isPartial: boolean): Form => ({
    pairs,
    files,
    issues,
    isPartial,
    isEmpty: reader.isEmpty,
  })
  try {
    for (let part = await reader.next(); part !== undefined; part = await reader.next()) {
      if (!files.declares(part.name)) {
        pairs.push([part.name, await readValue(part)])
        continue
      }
      const issue = files.check(part)
      if (issue !== undefined) return form([issue], true)
      await files.receive(part)
    }
    return form(files.missing(), false)
  } catch (error) {
    await files.discard()
    // The function of a file may have wrapped the error of its stream.
    throw reader.failure === undefined ? error : reader.failure.error
  } finally {
    reader.close()
  }
}

function readValue(part: IncomingPart): Promise<string | File> {
  return part.filename === undefined ? part.text() : part.file()
}

/** Throws 413 if a field of a urlencoded form is larger than allowed. */
export function checkFieldSizes(
  pairs: Iterable<readonly [string, string]>,
  { fields }: DeclaredLimits,
  maxFieldSize: number,
): void {
  for (const [name, value] of pairs) {
    const maxSize = fields.get(name)?.maxSize ?? maxFieldSize
    // A character has at most three bytes in UTF-8.
    if (value.length * 3 > maxSize && encoder.encode(value).byteLength > maxSize) {
      throw fieldTooLarge(name, maxSize)
    }
  }
}
