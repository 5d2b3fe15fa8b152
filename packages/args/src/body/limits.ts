import type { Bounds, Limits, Size } from '@tsgi/core/options'
import { bounds, type FormLimits, formBounds, readFormLimits } from '../multipart/limits.ts'

/** The limits for a request. Each is a positive integer with a default. */
export interface ArgsLimits extends FormLimits {
  /**
   * Bytes of the request body, without the files that `formBody` declares; 1 MiB by default. A larger body is rejected with
   * 413 as soon as its size is known.
   */
  readonly maxBodySize?: Size
  /** Files of a form, without those that `formBody` declares; 20 by default. More are rejected with 413. */
  readonly maxFiles?: number
  /**
   * Fields of the query, of the cookies and of a form, counted separately; 1,000 by default. More are rejected with 400, in
   * a form with 413.
   */
  readonly maxFields?: number
  /** Depth of nested arrays and objects in JSON; 32 by default. Deeper JSON is rejected with 400. */
  readonly maxDepth?: number
  /** Items and entries of all arrays and objects in JSON together; 10,000 by default. More are rejected with 400. */
  readonly maxValues?: number
}

const LIMITS: Readonly<Record<keyof ArgsLimits, Bounds>> = {
  ...formBounds,
  maxDepth: bounds(32, 'levels'),
  maxValues: bounds(10_000, 'values'),
}

/** Fills in the default limits. Throws a `TypeError` that names an unknown or invalid limit. */
export function readArgsLimits(given: ArgsLimits = {}): Limits<ArgsLimits> {
  return readFormLimits('args: limits', given, LIMITS)
}
