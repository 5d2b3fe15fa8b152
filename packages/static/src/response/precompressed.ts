import { type Awaitable, chain } from '@tsgi/core'
import { preferredEncoding } from '@tsgi/core/http'
import type { FileSource, SourceFile } from '../source/file-source.ts'

const ENDINGS = { zstd: '.zst', br: '.br', gzip: '.gz' } as const
type Encoding = keyof typeof ENDINGS

const ENCODINGS = Object.keys(ENDINGS) as Encoding[]

/** A file that was compressed in advance. */
export interface PrecompressedFile {
  readonly file: SourceFile
  readonly encoding: string
}

/**
 * Finds the compressed file beside a file that the client prefers. Ignores one that is older than the file: it was compressed
 * from another version.
 */
export function findPrecompressed(
  source: FileSource,
  segments: readonly string[],
  original: SourceFile,
  accept: string | null,
  encodings: readonly Encoding[] = ENCODINGS,
): Awaitable<PrecompressedFile | undefined> {
  const encoding = preferredEncoding(accept, encodings)
  if (encoding === undefined) return undefined
  const beside = [...segments.slice(0, -1), segments.at(-1) + ENDINGS[encoding]]
  return chain(source.find(beside), (file) => {
    if (file !== undefined && !isOlder(file, original)) return { file, encoding }
    const others = encodings.filter((each) => each !== encoding)
    return findPrecompressed(source, segments, original, accept, others)
  })
}

/** Archives and copies may keep only whole seconds. */
function isOlder(file: SourceFile, original: SourceFile): boolean {
  return secondsOf(file) < secondsOf(original)
}

function secondsOf({ modified }: SourceFile): number {
  return Math.floor((modified?.getTime() ?? 0) / 1000)
}
