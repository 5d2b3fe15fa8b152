import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Answer, difference } from './exchange.ts'

const answer: Answer = {
  status: 200,
  headers: { 'content-type': 'Text/Plain; charset=utf-8', 'x-frame-options': 'DENY' },
  body: Buffer.from('Hello'),
}

describe('difference', () => {
  it('is undefined if status, type, headers and bytes are as expected', () => {
    const headers = { 'x-frame-options': 'DENY' }
    expect(difference(answer, { status: 200, type: 'text/plain', headers, body: 'Hello' })).toBeUndefined()
    expect(difference(answer, { status: (status) => status < 300, body: () => undefined })).toBeUndefined()
  })

  it('compares the body after gzip is removed', () => {
    const headers = { 'content-encoding': 'gzip' }
    expect(
      difference({ ...answer, headers, body: gzipSync('Hello') }, { status: 200, body: 'Hello' }),
    ).toBeUndefined()
  })

  it.each([
    [{ status: 201 }, 'status 200: Hello'],
    [{ status: (status: number) => status >= 400 }, 'status 200: Hello'],
    [{ status: 200, type: 'text/html' }, 'content type text/plain, not text/html'],
    [{ status: 200, headers: { 'x-frame-options': 'SAMEORIGIN' } }, 'x-frame-options: DENY, not SAMEORIGIN'],
    [{ status: 200, headers: { 'x-other': '1' } }, 'x-other: undefined, not 1'],
    [{ status: 200, body: 'Hello, World!' }, 'the body "Hello", not "Hello, World!"'],
    [{ status: 200, body: () => 'no table' }, 'no table'],
  ])('says what is wrong: %j', (expected, message) => {
    expect(difference(answer, expected)).toBe(message)
  })
})
