import { type Bounds, checkOptions, readLimits } from '@tsgi/core/options'

/** The limits for a request. Each is a positive integer with a default. */
export interface ArgsLimits {
  /** Bytes of the request body; 1 MiB by default. A larger body is rejected with 413 as soon as its size is known. */
  readonly maxBodySize?: number
  /** Bytes of each uploaded file; `maxBodySize` by default. A larger file is rejected with 413. */
  readonly maxFileSize?: number
  /** Uploaded files; 20 by default. More are rejected with 400. */
  readonly maxFiles?: number
  /** Fields of the query, of the cookies and of a form, counted separately; 1,000 by default. More are rejected with 400. */
  readonly maxFields?: number
  /** Depth of nested arrays and objects in JSON; 32 by default. Deeper JSON is rejected with 400. */
  readonly maxDepth?: number
  /** Items and entries of all arrays and objects in JSON together; 10,000 by default. More are rejected with 400. */
  readonly maxValues?: number
  /** Bytes of the headers of each part of a multipart form; 8 KiB by default. Larger ones are rejected with 400. */
  readonly maxPartHeaderSize?: number
}

const LIMITS: Readonly<Record<keyof ArgsLimits, Bounds>> = {
  maxBodySize: bounds(1_048_576, 'bytes'),
  maxFileSize: bounds(1_048_576, 'bytes'),
  maxFiles: bounds(20, 'files'),
  maxFields: bounds(1000, 'fields'),
  maxDepth: bounds(32, 'levels'),
  maxValues: bounds(10_000, 'values'),
  maxPartHeaderSize: bounds(8192, 'bytes'),
}

function bounds(value: number, unit: string): Bounds {
  return { default: value, min: 1, max: Number.MAX_SAFE_INTEGER, unit }
}

/** Fills in the default limits. Throws a `TypeError` that names an unknown or invalid limit. */
export function readArgsLimits(given: ArgsLimits = {}): Required<ArgsLimits> {
  checkOptions('args: limits', given, Object.keys(LIMITS))
  const limits = readLimits('args: limits', given, LIMITS)
  return given.maxFileSize === undefined ? { ...limits, maxFileSize: limits.maxBodySize } : limits
}
