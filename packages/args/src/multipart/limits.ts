import { type Bounds, checkOptions, type Limits, readLimits, type Size } from '@tsgi/core/options'

/** The limits of a multipart form. Each is a positive integer with a default. */
export interface FormLimits {
  /** Bytes of the request body; 1 MiB by default. A larger body is rejected with 413 as soon as its size is known. */
  readonly maxBodySize?: Size
  /** Bytes of each file; `maxBodySize` by default. A larger file is rejected with 413. */
  readonly maxFileSize?: Size
  /** Bytes of each field of a form that is not a file; 1 MiB by default. A larger field is rejected with 413. */
  readonly maxFieldSize?: Size
  /** Files of a form; 20 by default. More are rejected with 413. */
  readonly maxFiles?: number
  /** Fields of a form, files included; 1,000 by default. More are rejected with 413. */
  readonly maxFields?: number
  /** Bytes of the headers of each part of a multipart form; 8 KiB by default. Larger ones are rejected with 413. */
  readonly maxPartHeaderSize?: Size
}

export const formBounds: Readonly<Record<keyof FormLimits, Bounds>> = {
  maxBodySize: bounds(1_048_576, 'bytes'),
  maxFileSize: bounds(1_048_576, 'bytes'),
  maxFieldSize: bounds(1_048_576, 'bytes'),
  maxFiles: bounds(20, 'files'),
  maxFields: bounds(1000, 'fields'),
  maxPartHeaderSize: bounds(8192, 'bytes'),
}

export function bounds(value: number, unit: string): Bounds {
  return { default: value, min: 1, max: Number.MAX_SAFE_INTEGER, unit }
}

/** Fills in the default limits. Throws a `TypeError` that names an unknown or invalid limit. */
export function readFormLimits<L extends FormLimits>(
  factory: string,
  given: L,
  known: Readonly<Record<keyof L & string, Bounds>>,
): Limits<Required<L>> {
  checkOptions(factory, given, Object.keys(known))
  const limits = readLimits(factory, given, known) as Limits<Required<L>>
  return given.maxFileSize === undefined ? { ...limits, maxFileSize: limits.maxBodySize } : limits
}
