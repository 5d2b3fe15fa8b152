import { describe } from '@tsgi/core/options'
import type { Blocks } from '../contract/types.ts'
import type { ResponseState } from './start-response.ts'
import { check } from './validator-error.ts'

type Source = Iterable<unknown> & AsyncIterable<unknown> & { close?(): void | Promise<void> }

/** Warns about bodies that are garbage-collected without being closed by the server. */
const unclosed = new FinalizationRegistry<{ closed: boolean; warn: (warning: string) => void }>(
  ({ closed, warn }) => {
    if (!closed) warn('B6: the body was garbage-collected without being closed')
  },
)

/** Wraps a body to check its blocks and how the server uses it. */
export function validatedBlocks(
  blocks: unknown,
  response: ResponseState,
  warn: (warning: string) => void,
): Blocks {
  check(
    'B1',
    blocks !== null && blocks !== undefined && blocks !== false,
    () => `the application must return an iterable, such as an empty array, got ${describe(blocks)}`,
  )
  check(
    'B2',
    typeof blocks !== 'string' && !(blocks instanceof Uint8Array),
    () => 'the application returned a single block: return an array of blocks instead',
  )
  const source = blocks as Source
  const state = { closed: false, warn }
  let iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined

  const validated: AsyncIterableIterator<Uint8Array> & { close(): Promise<void> } = {
    [Symbol.asyncIterator]() {
      // Not earlier: even if it throws, the server still closes the body.
      iterator ??= open(source)
      return validated
    },
    async next() {
      check('B3', !state.closed, () => 'the server asked for a block after it had closed the body')
      iterator ??= open(source)
      const { done, value } = await iterator.next()
      if (done) {
        check('B7', response.started, () => 'the application never called startResponse')
        return { done: true, value: undefined }
      }
      check('B4', value instanceof Uint8Array, () => `the application yielded ${describe(value)}, not bytes`)
      check('B5', response.started, () => 'the application yielded a block before it called startResponse')
      return { done: false, value }
    },
    async return() {
      await iterator?.return?.()
      return { done: true, value: undefined }
    },
    async close() {
      state.closed = true
      await source.close?.()
    },
  }
  unclosed.register(validated, state)
  return validated
}

function open(source: Source): Iterator<unknown> | AsyncIterator<unknown> {
  const method = source[Symbol.asyncIterator] ?? source[Symbol.iterator]
  check(
    'B1',
    typeof method === 'function',
    () => `the application must return an iterable, got ${describe(source)}`,
  )
  return method.call(source)
}
