import { describe } from '@tsgi/core/options'
import type { Blocks } from '../contract/types.ts'

/** A response body that is being iterated. */
export interface OpenBlocks {
  /**
   * Returns the next block.
   *
   * @throws TypeError if the body is not an iterable of bytes.
   */
  next(): Promise<IteratorResult<Uint8Array>>
  /** Calls the iterator's `return()`, unless it has ended, and the body's own `close()`. Only the first call has an effect. */
  close(): Promise<void>
}

/** Wraps a response body. The body is not touched before the first `next()` or `close()`. */
export function openBlocks(blocks: Blocks): OpenBlocks {
  let iterator: BlockIterator | undefined
  let isOver = false
  let closed: Promise<void> | undefined
  return {
    async next() {
      iterator ??= iteratorOf(blocks)
      let result: IteratorResult<Uint8Array>
      try {
        result = await iterator.next()
      } catch (error) {
        isOver = true
        throw error
      }
      if (result.done) isOver = true
      else if (!(result.value instanceof Uint8Array)) {
        throw new TypeError(`The application yielded ${describe(result.value)}, not bytes`)
      }
      return result
    },
    close() {
      closed ??= release(isOver ? undefined : iterator, blocks)
      return closed
    },
  }
}

type BlockIterator = Iterator<Uint8Array> | AsyncIterator<Uint8Array>

function iteratorOf(blocks: Blocks): BlockIterator {
  if (typeof blocks === 'string' || blocks instanceof Uint8Array) {
    throw new TypeError('The application returned a single block: return an array of blocks')
  }
  const source = blocks as Partial<AsyncIterable<Uint8Array> & Iterable<Uint8Array>> | null | undefined
  const open: (() => BlockIterator) | undefined = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator]
  if (typeof open !== 'function') {
    throw new TypeError(`The application must return an iterable of blocks, got ${describe(blocks)}`)
  }
  return open.call(source)
}

async function release(
  iterator: BlockIterator | undefined,
  blocks: Blocks | undefined | null,
): Promise<void> {
  const returned = (async () => iterator?.return?.())()
  // Does not wait for `return()`: a generator that is waiting only returns afterwards.
  const closed = (async () => blocks?.close?.())()
  await Promise.all([returned, closed])
}
