import { requestBounds } from '@tsgi/core/gateway'
import type { Bounds, Limits, Size } from '@tsgi/core/options'

/** The limits of {@link createRequestParser}. */
export interface ParserLimits {
  /** Maximum size of request line and header fields in bytes; a larger head gets 431. Default: 16 KiB. */
  readonly maxHeaderSize?: Size
  /** Maximum number of header fields; more get 431. Default: 128. */
  readonly maxHeadersCount?: number
  /** Maximum length of the request target in characters; a longer one gets 414. Default: 8192. */
  readonly maxUrlLength?: number
}

/** The values of {@link ParserLimits}. */
export type ReadLimits = Limits<ParserLimits>

export const parserBounds: Readonly<Record<keyof ParserLimits, Bounds>> = {
  maxHeaderSize: { default: 16_384, min: 256, max: 1024 * 1024, unit: 'bytes' },
  maxHeadersCount: requestBounds.maxHeadersCount,
  maxUrlLength: requestBounds.maxUrlLength,
}
