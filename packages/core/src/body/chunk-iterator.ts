import { describe } from '../options/describe.ts'
import { ignoreRejection } from '../options/ignore-rejection.ts'

/** A synchronous or asynchronous iterator over the parts of a body. */
export interface ChunkIterator {
  next(): IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>
  return?(reason?: unknown): unknown
}

/** Returns the iterator of an iterable. `name` begins the message of the TypeError if the value is not iterable. */
export function iteratorOf(
  iterable: AsyncIterable<unknown> | Iterable<unknown>,
  name: string,
): ChunkIterator {
  const iterate =
    (iterable as AsyncIterable<unknown>)?.[Symbol.asyncIterator] ??
    (iterable as Iterable<unknown>)?.[Symbol.iterator]
  if (typeof iterate !== 'function')
    throw new TypeError(`${name} must be iterable, got ${describe(iterable)}`)
  // A promise in a list may reject before anyone reads it.
  if (Array.isArray(iterable)) iterable.forEach(ignoreRejection)
  return iterate.call(iterable)
}

/** Reads a stream, which is locked from the first read on. */
export class StreamReader implements ChunkIterator {
  protected readonly stream: ReadableStream<Uint8Array>
  protected reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  constructor(stream: ReadableStream<Uint8Array>) {
    this.stream = stream
  }

  next(): Promise<IteratorResult<unknown>> {
    this.reader ??= this.stream.getReader()
    return this.reader.read() as Promise<IteratorResult<unknown>>
  }

  return(reason: unknown): unknown {
    if (this.reader !== undefined) return this.reader.cancel(reason)
    return this.stream.locked ? undefined : this.stream.cancel(reason)
  }
}

/** Whether the body of a response is a `FormData` in Node. */
export function isNodeFormData({ headers }: Response): boolean {
  return (
    headers.get('content-type')?.startsWith('multipart/form-data; boundary=----formdata-undici-') ?? false
  )
}

/**
 * Reads a `FormData` body. Node always reads a `FormData` to its end; cancelling the stream before that causes a rejection
 * that cannot be handled and ends the process. So `return()` reads the rest instead of cancelling.
 */
export class FormDataReader extends StreamReader {
  override async return(): Promise<void> {
    if (this.reader === undefined && this.stream.locked) return
    while (!(await this.next()).done);
  }
}
