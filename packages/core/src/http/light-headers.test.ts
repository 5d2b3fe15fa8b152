import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainParts } from '../gateway.ts'
import { text, withHeaders } from '../index.ts'
import { lightHeaders } from './light-headers.ts'

type Observe = (headers: Headers) => unknown

const observations: Record<string, Observe> = {
  get: (h) => [h.get('accept'), h.get('ACCEPT'), h.get('cookie'), h.get('x-absent'), h.get('x-empty')],
  has: (h) => [h.has('accept'), h.has('Accept'), h.has('x-absent')],
  'get of no name': (h) => h.get('a b'),
  'get of a number': (h) => h.get(7 as unknown as string),
  'has of no name': (h) => h.has(''),
  entries: (h) => [...h.entries()],
  keys: (h) => [...h.keys()],
  values: (h) => [...h.values()],
  iteration: (h) => [...h],
  forEach: (h) => {
    const seen: unknown[] = []
    h.forEach(function (this: unknown, value, name, parent) {
      seen.push(this, value, name, parent === h)
    }, 'this')
    return seen
  },
  'forEach of nothing': (h) => (h.forEach as (callback?: unknown) => void)(),
  'a change while it is iterated': (h) => {
    const names: string[] = []
    for (const [name] of h) {
      names.push(name)
      h.delete('x-last')
    }
    return names
  },
  append: (h) => {
    h.append('accept', 'c/d')
    return [h.get('accept'), ...h]
  },
  'append of what is none': (h) => h.append('x', 'a\nb'),
  set: (h) => {
    h.set('Accept', 'c/d')
    return [h.get('accept'), h.has('accept'), ...h]
  },
  delete: (h) => {
    h.delete('Accept')
    return [h.get('accept'), h.has('accept'), ...h]
  },
  getSetCookie: (h) => h.getSetCookie(),
  tag: (h) => Object.prototype.toString.call(h),
  instanceof: (h: Headers) => h instanceof Headers,
  'its class': (h) => h.constructor === Headers,
  copied: (h) => [...new Headers(h)],
  'in a request': (h) => [...new Request('http://localhost/', { headers: h }).headers],
  'in a response': (h) => [...new Response(null, { headers: h }).headers],
}

function seen(look: () => unknown): unknown {
  try {
    return { value: look() }
  } catch (error) {
    return { error: (error as Error).constructor.name }
  }
}

function native(fields: readonly string[]): Headers {
  const headers = new Headers()
  for (let at = 0; at < fields.length; at += 2) headers.append(fields[at]!, fields[at + 1]!)
  return headers
}

const lists: Record<string, readonly string[]> = {
  none: [],
  'those of a browser': [
    'Host',
    'localhost',
    'Accept',
    'text/html',
    'X-Empty',
    '',
    'Cookie',
    'a=1; b=2',
    'X-Last',
    'é',
  ],
  'several lines of one': [
    'accept',
    'a/b',
    'Cookie',
    'a=1',
    'ACCEPT',
    'c/d',
    'cookie',
    'b=2',
    'set-cookie',
    'c=3',
    'set-cookie',
    'd=4',
  ],
  'values with white space': ['accept', ' a/b\t', 'x-empty', '  ', 'x-last', 'a  b'],
}

describe.each(Object.entries(lists))('request headers: %s', (_, fields) => {
  it.each(Object.entries(observations))('%s, the same as a native Headers', (_, observe) => {
    expect(seen(() => observe(lightHeaders(fields)))).toEqual(seen(() => observe(native(fields))))
  })
})

describe('request headers', () => {
  it('return what a native Headers returns, in any order of calls', () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'A', 'b', 'Cookie', 'cookie', 'set-cookie', 'c d', ''),
      fc.string({ maxLength: 3 }),
    )
    const value = fc.oneof(fc.constantFrom('1', '2', ' 3 ', '', 'é', 'a\tb'), fc.string({ maxLength: 3 }))
    const step = fc.tuple(fc.constantFrom('get', 'has', 'delete', 'append', 'set', 'all'), name, value)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 6 }),
        fc.array(step, { maxLength: 8 }),
        (pairs, steps) => {
          const fields = pairs.flat()
          let expected: Headers
          try {
            expected = native(fields)
          } catch {
            // What no `Headers` can hold is refused when it is looked at: all of it here.
            expect(() => [...lightHeaders(fields)]).toThrow(TypeError)
            return
          }
          const headers = lightHeaders(fields)
          for (const [what, name, value] of steps) {
            const act: Observe = (h) =>
              what === 'all'
                ? [...h]
                : what === 'append' || what === 'set'
                  ? h[what](name, value)
                  : h[what as 'get'](name)
            expect(seen(() => act(headers))).toEqual(seen(() => act(expected)))
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('reject a value that no field may have', () => {
    expect(() => lightHeaders(['x', 'a\nb']).get('x')).toThrow(TypeError)
    expect(() => lightHeaders(['x', 'a\u0000b']).get('X')).toThrow(TypeError)
    expect(() => lightHeaders(['x', '中']).get('x')).toThrow(TypeError)
  })
})

describe('the headers of a light response', () => {
  it('can be changed in place, and are sent with the changes', () => {
    const response = text('Hello', { headers: { vary: 'Accept' } })
    const { headers } = response
    headers.set('Content-Type', 'text/csv')
    headers.append('set-cookie', 'a=1')
    headers.append('Set-Cookie', 'b=2')
    headers.delete('Vary')
    headers.append('x', 'y')
    expect(plainParts(response)).toEqual({
      headers: ['content-type', 'text/csv', 'set-cookie', 'a=1', 'set-cookie', 'b=2', 'x', 'y'],
      body: 'Hello',
    })
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers).toBe(headers)
  })

  it('belong to one response: no copy and no other response changes with them', () => {
    const [first, second] = [text('a'), text('b')]
    const copy = first.clone()
    first.headers.set('content-type', 'text/css')
    const third = withHeaders(first, { 'content-type': 'text/csv' })
    expect([copy, second, third, text('c')].map((response) => response.headers.get('content-type'))).toEqual([
      'text/plain; charset=utf-8',
      'text/plain; charset=utf-8',
      'text/csv',
      'text/plain; charset=utf-8',
    ])
  })
})
