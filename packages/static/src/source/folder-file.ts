import { closeSync, constants, fstatSync, open, type Stats } from 'node:fs'
import { FileChunks } from './file-chunks.ts'
import type { FileContent, SourceFile } from './file-source.ts'
import { CHUNK_SIZE, readFully } from './read-fully.ts'

/** The latest date that tools use for reproducible builds: Nix 1970, zip 1980, npm 1985. Other versions have it, too. */
const LATEST_FIXED_DATE = Date.parse('1985-10-26T08:15:00Z')

// Windows has neither flag. With the second, opening a FIFO that has replaced the file does not wait.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** A regular file, which is only opened to be read. */
export class FolderFile implements SourceFile {
  readonly size: number
  readonly etag: string
  readonly #path: string
  readonly #stats: Stats
  readonly #isDated: boolean

  constructor(path: string, stats: Stats) {
    const { size, mtimeMs, ctimeMs } = stats
    const now = Date.now()
    const isDated = mtimeMs > LATEST_FIXED_DATE
    const version = isDated ? mtimeMs : ctimeMs
    // A file can change twice within the resolution of a time, and a weak tag allows that (RFC 9110 §8.8.1).
    const weak = now - version < 1000 ? 'W/' : ''
    this.#path = path
    this.#stats = stats
    this.size = size
    // RFC 9110 §8.8.2.1: Last-Modified must not be in the future.
    this.#isDated = isDated && mtimeMs <= now
    this.etag = `${weak}"${size.toString(36)}-${Math.round(version * 1000).toString(36)}"`
  }

  // Faster than `stats.mtime`, which defines a property.
  get modified(): Date | undefined {
    return this.#isDated ? new Date(Math.round(this.#stats.mtimeMs)) : undefined
  }

  async read(start: number, end: number): Promise<FileContent | undefined> {
    const descriptor = await openFile(this.#path)
    if (descriptor === undefined) return undefined
    const isCurrent = () => isSameVersion(fstatSync(descriptor), this.#stats)
    let isOpen = true
    try {
      if (!isCurrent()) return undefined
      if (end - start > CHUNK_SIZE) {
        const chunks = new FileChunks(descriptor, start, end, isCurrent)
        isOpen = false
        return chunks
      }
      const bytes = await readFully(descriptor, start, end)
      return isCurrent() ? bytes : undefined
    } finally {
      if (isOpen) closeSync(descriptor)
    }
  }
}

function isSameVersion(stats: Stats, found: Stats): boolean {
  return stats.isFile() && stats.size === found.size && stats.mtimeMs === found.mtimeMs
}

/** Returns a descriptor; undefined if the file no longer exists. */
function openFile(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    open(path, FLAGS, (error, descriptor) => {
      if (error === null) resolve(descriptor)
      else if (REPLACED.has(error.code ?? '')) resolve(undefined)
      else reject(error)
    })
  })
}

/** Errors for a file that was removed or replaced by something else: a folder, a link or a socket. */
const REPLACED = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENXIO'])
