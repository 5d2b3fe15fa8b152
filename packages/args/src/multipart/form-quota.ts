import { HttpError } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import { type IncomingPart, labelOf } from './form-part.ts'
import type { FormLimits } from './limits.ts'

/** The limits of fields that have their own. */
export interface DeclaredLimits {
  readonly files: ReadonlyMap<string, { readonly maxSize: number; readonly maxCount: number }>
  readonly fields: ReadonlyMap<string, { readonly maxSize: number }>
}

const NONE: DeclaredLimits = { files: new Map(), fields: new Map() }

/** Counts what a form contains, and throws 413 if it is more than allowed. */
export class FormQuota {
  /** The maximum number of bytes of the whole body. */
  readonly maxTotal: number
  readonly #limits: Limits<FormLimits>
  readonly #declared: DeclaredLimits
  #fields = 0
  #files = 0
  /** The bytes of all parts but the declared files. */
  #size = 0

  constructor(limits: Limits<FormLimits>, declared: DeclaredLimits = NONE) {
    this.#limits = limits
    this.#declared = declared
    let maxTotal = limits.maxBodySize
    for (const { maxSize, maxCount } of declared.files.values()) maxTotal += maxSize * maxCount
    this.maxTotal = maxTotal
  }

  addField(): void {
    const { maxFields } = this.#limits
    if (++this.#fields > maxFields) throw new HttpError(413, `The form has more than ${maxFields} fields.`)
  }

  /** Counts a file, unless it is declared. */
  addFile(part: IncomingPart): void {
    const { maxFiles } = this.#limits
    if (this.#isDeclared(part)) return
    if (++this.#files > maxFiles) throw new HttpError(413, `The form has more than ${maxFiles} files.`)
  }

  addBytes(part: IncomingPart, bytes: number): void {
    const { maxBodySize } = this.#limits
    const maxSize = this.#maxSizeOf(part)
    part.size += bytes
    if (part.size > maxSize) throw partTooLarge(part.label, maxSize)
    if (this.#isDeclared(part)) return
    this.#size += bytes
    if (this.#size > maxBodySize) {
      throw new HttpError(413, `The fields of the form are together larger than ${maxBodySize} bytes.`)
    }
  }

  #isDeclared({ name, filename }: IncomingPart): boolean {
    return filename !== undefined && this.#declared.files.has(name)
  }

  #maxSizeOf({ name, filename }: IncomingPart): number {
    const { maxFieldSize, maxFileSize } = this.#limits
    const { fields, files } = this.#declared
    return filename === undefined
      ? (fields.get(name)?.maxSize ?? maxFieldSize)
      : (files.get(name)?.maxSize ?? maxFileSize)
  }
}

/** Returns the 413 for a field of a form. */
export function fieldTooLarge(name: string, maxSize: number): HttpError {
  return partTooLarge(labelOf(name), maxSize)
}

function partTooLarge(label: string, maxSize: number): HttpError {
  return new HttpError(413, `${label} is larger than ${maxSize} bytes.`)
}
