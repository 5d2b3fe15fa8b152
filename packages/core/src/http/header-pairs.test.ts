import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainParts } from '../gateway.ts'
import { mapText, text, withHeaders } from '../index.ts'

const name = fc.oneof(
  fc.constantFrom(
    'content-type',
    'Content-Type',
    'set-cookie',
    'Set-Cookie',
    'etag',
    'ETag',
    'vary',
    'x',
    'X',
    'a b',
    '',
  ),
  fc.string({ maxLength: 4 }),
)
const value = fc.oneof(
  fc.constantFrom('1', 'a, b', ' padded ', '', 'a\nb', 'é', '中', '\u0000', 'a=1; Path=/'),
  fc.string({ maxLength: 6 }),
)
const record = <T>(values: fc.Arbitrary<T>) =>
  fc.dictionary(name, values, { maxKeys: 5, noNullPrototype: true })
const changes = record(fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.constant(null)))

async function seen(make: () => Response | Promise<Response>): Promise<unknown> {
  try {
    const response = await make()
    return { status: response.status, headers: [...response.headers], text: await response.text() }
  } catch (error) {
    return (error as Error).constructor.name
  }
}

describe('header fields that are stored as pairs', () => {
  it('are the same as in a Headers, or rejected in the same way', async () => {
    await fc.assert(
      fc.asyncProperty(record(value), changes, changes, async (init, first, second) => {
        const rewritten = (response: Response) =>
          mapText(withHeaders(withHeaders(response, first), second), (text) => `${text}!`)
        const plain = () => rewritten(text('Hello', { headers: init, status: 201 }))
        const native = () => {
          const headers = new Headers(init)
          if (!headers.has('content-type')) headers.set('content-type', 'text/plain; charset=utf-8')
          return rewritten(new Response('Hello', { headers, status: 201 }))
        }
        expect(await seen(plain)).toEqual(await seen(native))
      }),
      { numRuns: 2_000 },
    )
  })

  it('stay pairs through every layer that changes them', () => {
    const response = withHeaders(withHeaders(text('Hello'), { 'X-Frame-Options': 'DENY', vary: 'Accept' }), {
      vary: 'Cookie',
      'set-cookie': ['a=1', 'b=2'],
    })
    expect(plainParts(response)).toEqual({
      headers: [
        'content-type',
        'text/plain; charset=utf-8',
        'x-frame-options',
        'DENY',
        'vary',
        'Cookie',
        'set-cookie',
        'a=1',
        'set-cookie',
        'b=2',
      ],
      body: 'Hello',
    })
  })

  it('are not shared: a change of one response changes no other', () => {
    const [first, second] = [text('a'), text('b')]
    first.headers.set('content-type', 'text/css')
    const third = withHeaders(second, { 'content-type': 'text/csv' })
    expect([second, third, text('c')].map((response) => response.headers.get('content-type'))).toEqual([
      'text/plain; charset=utf-8',
      'text/csv',
      'text/plain; charset=utf-8',
    ])
  })

  it('treat an undefined value as a Headers does, whether or not the field is known', () => {
    const headers = { 'x-unknown-so-far': undefined as never }
    for (const _ of ['unknown', 'known']) {
      expect(text('a', { headers }).headers.get('x-unknown-so-far')).toBe('undefined')
    }
  })
})
