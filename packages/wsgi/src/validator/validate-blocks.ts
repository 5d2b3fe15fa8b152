import { show } from '../contract/fields.ts'
import type { Blocks } from '../contract/types.ts'
import type { Began } from './validate-start-response.ts'
import { check } from './validator-error.ts'

type Source = Iterable<unknown> & AsyncIterable<unknown> & { close?(): void | Promise<void> }

/** Tells of bodies that a server let go without closing them: the only trace they leave is that they are collected. */
const unclosed = new FinalizationRegistry<{ closed: boolean; warn: (warning: string) => void }>(
  ({ closed, warn }) => {
    if (!closed) warn('B6: the body was collected without being closed')
  },
)

/** The body again, with checks on its blocks and on what the server does with it. */
export function validatedBlocks(blocks: unknown, began: Began, warn: (warning: string) => void): Blocks {
  check(
    'B1',
    blocks !== null && blocks !== undefined && blocks !== false,
    () => `the application must return an iterable, if only an empty array, got ${show(blocks)}`,
  )
  check(
    'B2',
    typeof blocks !== 'string' && !(blocks instanceof Uint8Array),
    () =>
      'the application returned a block itself, which would be sent bit by bit: return an array of blocks',
  )
  const source = blocks as Source
  const open = source[Symbol.asyncIterator] ?? source[Symbol.iterator]
  check(
    'B1',
    typeof open === 'function',
    () => `the application must return an iterable, got ${show(blocks)}`,
  )
  const iterator = open.call(source)
  const state = { closed: false, warn }

  const validated: AsyncIterableIterator<Uint8Array> & { close(): Promise<void> } = {
    [Symbol.asyncIterator]: () => validated,
    async next() {
      check('B3', !state.closed, () => 'the server asked for a block after it had closed the body')
      const { done, value } = await iterator.next()
      if (done) {
        check('B7', began.began, () => 'the application never called startResponse')
        return { done: true, value: undefined }
      }
      check('B4', value instanceof Uint8Array, () => `the application yielded ${show(value)}, not bytes`)
      check('B5', began.began, () => 'the application yielded a block before it called startResponse')
      return { done: false, value }
    },
    async return() {
      await iterator.return?.()
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
