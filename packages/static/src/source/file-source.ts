import type { Awaitable } from '@tsgi/core'

/**
 * Where {@link staticFiles} and {@link sendFile} find files, for runtimes without a file system or files that are not in a
 * folder.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { type FileSource, staticFiles } from '@tsgi/static'
 *
 * const source: FileSource = {
 *   find(segments) {
 *     if (segments.join('/') !== 'hello.txt') return undefined
 *     const content = new TextEncoder().encode('Hello')
 *     return { size: content.length, etag: '"1"', read: (start, end) => content.slice(start, end) }
 *   },
 * }
 * const response = await client(staticFiles(source)(() => text('no such file'))).get('/hello.txt')
 * await response.text() // => 'Hello'
 * response.headers.get('etag') // => '"1"'
 * ```
 */
export interface FileSource {
  /**
   * Returns a file, `undefined` if there is none of this path. Must not open anything that has to be closed.
   *
   * @param segments The decoded segments of the path, at least one: `['assets', 'app.js']`. None is empty, `.` or `..`, or
   *   contains `/`, `\` or NUL.
   */
  find(segments: readonly string[]): Awaitable<SourceFile | undefined>
}

/** One version of a file in a {@link FileSource}. */
export interface SourceFile {
  /** The size in bytes. */
  readonly size: number
  /** When the file was modified, for `Last-Modified`. */
  readonly modified?: Date | undefined
  /** The value of `ETag`, with its quotes. */
  readonly etag?: string | undefined
  /** The content type. Default: the one that belongs to the ending of the name. */
  readonly type?: string | undefined
  /**
   * Returns the bytes from `start` up to, but not including, `end`: all of them, or an iterable of chunks, such as a
   * `ReadableStream`. It is called at most once per response, and not for `HEAD` or if the client has the file in its cache.
   * Returns `undefined` if this version no longer exists; the file is then looked up again.
   */
  read(start: number, end: number): Awaitable<FileContent | undefined>
}

/** Bytes of a file, at once or in chunks. */
export type FileContent = Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>

export function isFileSource(value: unknown): value is FileSource {
  // An array has a method `find`, too.
  return !Array.isArray(value) && typeof (Object(value) as Partial<FileSource>).find === 'function'
}
