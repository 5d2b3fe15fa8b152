import { checkBoolean, checkOptions, describe, readLimits, type Size } from '@tsgi/core/options'
import type { CompressEncoding } from './coders/coder.ts'
import { isCompressible } from './media-types.ts'

/** The options of {@link compress}. */
export interface CompressOptions {
  /** The codings to use. The first one is used if the client likes several equally. Default: zstd, br, gzip. */
  readonly encodings?: readonly CompressEncoding[]
  /** Minimum size of a body, in bytes or in characters of text. Default: 1024. Streams of unknown size are compressed. */
  readonly minSize?: Size
  /**
   * Decides by the media type whether a response is compressed. It receives the type in lower case without parameters.
   * Default: text, JSON, XML, scripts, WebAssembly, and uncompressed fonts and images.
   */
  readonly types?: (type: string) => boolean
  /** Whether server-sent events are compressed, too. Each stream then needs memory. Default: false. */
  readonly events?: boolean
  /** The compression levels. Default: zstd 3 (of 1 to 19), br 4 (of 0 to 11), gzip 6 (of 1 to 9). */
  readonly levels?: { readonly [encoding in CompressEncoding]?: number }
}

/** The options with all defaults filled in. */
export interface CompressSettings {
  readonly encodings: readonly CompressEncoding[]
  readonly minSize: number
  readonly types: (type: string) => boolean
  readonly events: boolean
  readonly levels: Readonly<Record<CompressEncoding, number>>
}

const ENCODINGS: readonly CompressEncoding[] = ['zstd', 'br', 'gzip']

const sizes = { minSize: { default: 1024, min: 0, max: 1_073_741_824, unit: 'bytes' } }
/** The default, lowest and highest level. */
const LEVELS: Readonly<Record<CompressEncoding, readonly [number, number, number]>> = {
  // Higher levels use windows that clients do not have to support (RFC 9659).
  zstd: [3, 1, 19],
  br: [4, 0, 11],
  gzip: [6, 1, 9],
}

/** @throws TypeError if an option is unknown or invalid. */
export function readOptions(options: CompressOptions): CompressSettings {
  checkOptions('compress', options, ['encodings', 'minSize', 'types', 'events', 'levels'])
  const { encodings = ENCODINGS, types = isCompressible, events = false, levels = {} } = options
  checkEncodings(encodings)
  if (typeof types !== 'function') {
    throw new TypeError(`compress: types must be a function of a media type, got ${describe(types)}`)
  }
  checkBoolean('compress: events', events)
  return {
    encodings: [...encodings],
    types,
    events,
    ...readLimits('compress', options, sizes),
    levels: readLevels(levels),
  }
}

function checkEncodings(encodings: unknown): void {
  if (!Array.isArray(encodings) || encodings.length === 0) {
    const got = Array.isArray(encodings) ? 'an empty list' : describe(encodings)
    throw new TypeError(`compress: encodings must be a list of 'zstd', 'br' or 'gzip', got ${got}`)
  }
  for (const encoding of encodings) {
    if (ENCODINGS.includes(encoding)) continue
    throw new TypeError(
      `compress: encodings must contain only 'zstd', 'br' or 'gzip', got ${describe(encoding)}`,
    )
  }
}

function readLevels(levels: object): Record<CompressEncoding, number> {
  checkOptions('compress: levels', levels, ENCODINGS)
  const given: { [encoding in CompressEncoding]?: unknown } = levels
  const read = (encoding: CompressEncoding): number => {
    const [fallback, min, max] = LEVELS[encoding]
    const level = given[encoding] ?? fallback
    if (typeof level === 'number' && Number.isInteger(level) && level >= min && level <= max) return level
    throw new TypeError(
      `compress: levels.${encoding} must be a whole number from ${min} to ${max}, got ${describe(level)}`,
    )
  }
  return { zstd: read('zstd'), br: read('br'), gzip: read('gzip') }
}
