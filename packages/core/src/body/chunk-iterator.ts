import { describe } from '../options/describe.ts'

/** A synchronous or asynchronous iterator of what a body is made of. */
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
 * Node reads a `FormData` to its end whether or not anyone wants it. If its stream is cancelled meanwhile, a rejection
 * that nobody can handle ends the process. So what is left is read here, too.
 */
export class FormDataReader extends StreamReader {
  override async return(): Promise<void> {
    if (this.reader === undefined && this.stream.locked) return
    while (!(await this.next()).done);
  }
}
