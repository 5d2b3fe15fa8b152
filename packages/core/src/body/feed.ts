import { describe } from '../options/describe.ts'

export type Chunk = string | Uint8Array

/** What a body is streamed from: values, and what is sent for each. */
export interface Feed<T = unknown> {
  readonly source: Source<T>
  /** The chunk that is sent for a value. Throws where none can be. */
  toChunk(value: T): Chunk
  /** What is sent whenever the source was silent for so many milliseconds. */
  readonly silence: { readonly after: number; readonly value: T } | undefined
}

/** An iterator of either kind, or of both: what it gives at once is not waited for. */
export interface Source<T> {
  next(): IteratorResult<T> | Promise<IteratorResult<T>>
  return?(): unknown
}

/** The iterator of anything iterable. `name` is how the error of what is not begins. */
export function sourceOf<T>(iterable: AsyncIterable<T> | Iterable<T>, name: string): Source<T> {
  const made =
    (iterable as AsyncIterable<T>)?.[Symbol.asyncIterator] ?? (iterable as Iterable<T>)?.[Symbol.iterator]
  if (typeof made !== 'function') throw new TypeError(`${name} must be iterable, got ${describe(iterable)}`)
  return made.call(iterable)
}

/** Tells an iterator that nothing more will be asked of it. Rejects where its `return()` fails. */
export async function letGo(source: Source<unknown>): Promise<void> {
  await source.return?.()
}
