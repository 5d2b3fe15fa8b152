import { show } from '../contract/fields.ts'
import type { Blocks } from '../contract/types.ts'

/** The blocks of a body in iteration. */
export interface OpenBlocks {
  next(): Promise<IteratorResult<Uint8Array>>
  /**
   * Lets the iterable go: its iterator's `return()`, unless the iterator is at its end, then its own `close()`. Only the
   * first call does something.
   */
  close(): Promise<void>
}

/**
 * Begins to iterate a body.
 *
 * @throws TypeError where it is not iterable, or is text or bytes itself, whose parts are no blocks.
 */
export function openBlocks(blocks: Blocks): OpenBlocks {
  if (typeof blocks === 'string' || blocks instanceof Uint8Array) {
    throw new TypeError('The application returned a block itself: return an array of blocks')
  }
  const source = blocks as Partial<AsyncIterable<Uint8Array> & Iterable<Uint8Array>> | null | undefined
  const open: (() => BlockIterator) | undefined = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator]
  if (typeof open !== 'function') {
    throw new TypeError(`The application must return an iterable of blocks, got ${show(blocks)}`)
  }
  const iterator = open.call(source)
  let over = false
  let closed: Promise<void> | undefined
  return {
    async next() {
      let result: IteratorResult<Uint8Array>
      try {
        result = await iterator.next()
      } catch (error) {
        over = true
        throw error
      }
      if (result.done) over = true
      else if (!(result.value instanceof Uint8Array)) {
        throw new TypeError(`The application yielded ${show(result.value)}, not bytes`)
      }
      return result
    },
    close() {
      closed ??= letGo(over ? undefined : iterator, blocks)
      return closed
    },
  }
}

type BlockIterator = Iterator<Uint8Array> | AsyncIterator<Uint8Array>

async function letGo(iterator: BlockIterator | undefined, blocks: Blocks): Promise<void> {
  const returned = (async () => iterator?.return?.())()
  // At once, not after `return()`: a generator that waits for something returns only when it has it.
  const closed = (async () => blocks.close?.())()
  await Promise.all([returned, closed])
}
