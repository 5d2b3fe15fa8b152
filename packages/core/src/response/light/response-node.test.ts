import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodySource } from '../../body/body-source.ts'
import { withHeaders } from '../headers.ts'
import { stream } from '../stream.ts'
import { withStatus } from '../with-status.ts'
import { LightResponse, lightParts } from './response-node.ts'
import { plainParts } from './response-parts.ts'

/** Describes a value, or the error that was thrown instead. */
async function seen(look: () => unknown): Promise<unknown> {
  try {
    const value = await look()
    if (value instanceof Blob) return { blob: await value.text(), type: value.type }
    if (value instanceof FormData) return [...value].map(([name, entry]) => [name, String(entry)])
    if (value instanceof ArrayBuffer) return { buffer: [...new Uint8Array(value)] }
    if (value instanceof Uint8Array) return { bytes: [...value] }
    if (value instanceof Headers) return [...value]
    if (value instanceof ReadableStream) return { stream: true, locked: value.locked }
    if (value instanceof Response) return 'a response'
    return { value }
  } catch (error) {
    return { error: (error as Error).constructor.name }
  }
}

/** Since Node 26. */
function textStream(response: Response): ReadableStream<string> {
  return (response as unknown as { textStream(): ReadableStream<string> }).textStream()
}

async function allOf(texts: ReadableStream<string>): Promise<string> {
  let all = ''
  for await (const text of texts) all += text
  return all
}

type Observe = (response: Response) => unknown

const observations: Record<string, Observe> = {
  type: (r) => r.type,
  url: (r) => r.url,
  redirected: (r) => r.redirected,
  status: (r) => r.status,
  ok: (r) => r.ok,
  statusText: (r) => r.statusText,
  headers: (r) => r.headers,
  'the same headers twice': (r) => Object.is(r.headers, r.headers),
  'a header set': (r) => {
    r.headers.set('x-set', '1')
    return r.headers
  },
  'a bad header': (r) => r.headers.set('x', 'a\nb'),
  body: (r) => r.body,
  'the same body twice': (r) => Object.is(r.body, r.body),
  bodyUsed: (r) => r.bodyUsed,
  text: (r) => r.text(),
  json: (r) => r.json(),
  arrayBuffer: (r) => r.arrayBuffer(),
  bytes: (r) => r.bytes(),
  blob: (r) => r.blob(),
  formData: (r) => r.formData(),
  ...('textStream' in Response.prototype && {
    textStream: (r) => allOf(textStream(r)),
    'textStream and text': (r) => [textStream(r), r.text()][1],
    'text and textStream': async (r) => [await r.text(), textStream(r)],
  }),
  clone: (r) => r.clone(),
  'clone, both read': async (r) => [await r.clone().text(), await r.text()],
  'clone with its own headers': (r) => {
    const copy = r.clone()
    copy.headers.set('x-copy', '1')
    return r.headers
  },
  'a lock': (r) => {
    r.body?.getReader()
    return r.bodyUsed
  },
  'a read through the stream': async (r) => {
    const reader = r.body?.getReader()
    await reader?.read()
    reader?.releaseLock()
    return r.bodyUsed
  },
  'a cancelled stream': async (r) => {
    // Not awaited: if the body was cloned, cancelling one branch waits for the other.
    const cancelled = r.body?.cancel()
    cancelled?.catch(() => {})
    await new Promise((resolve) => setImmediate(resolve))
    return r.bodyUsed
  },
  tag: (r) => Object.prototype.toString.call(r),
  'wrapped in another': async (r) => new Response(r.body, r).text(),
  'the type of the blob after a change': async (r) => {
    r.headers.set('content-type', 'a/b')
    return (await r.blob()).type
  },
  'the type of the blob after a removal': async (r) => {
    r.headers.delete('content-type')
    return (await r.blob()).type
  },
}

const bodies: Record<string, () => BodyInit | null | undefined> = {
  none: () => undefined,
  null: () => null,
  'empty text': () => '',
  text: () => 'Grüße, 世界',
  'text with a byte order mark': () => '\uFEFFmark',
  'text with a lone surrogate': () => 'a\uD800b',
  json: () => '{"a":[1,2]}',
  bytes: () => new Uint8Array([1, 2, 255]),
  'a view of bytes': () => new Uint8Array([9, 1, 2, 9]).subarray(1, 3),
  buffer: () => new Uint8Array([7, 8]).buffer,
  blob: () => new Blob(['blob'], { type: 'image/x' }),
  parameters: () => new URLSearchParams({ a: '1', b: 'ü' }),
  stream: () => new Blob(['streamed']).stream(),
}

/** Functions that create a native and a light response for each body. */
const makers: Record<string, { native: Make; light: Make }> = {
  'an iterator': {
    native: (init) => new Response(new Blob(['streamed']).stream(), { ...init, headers: typed(init) }),
    light: (init) => stream(['stre', new TextEncoder().encode('amed')], init),
  },
}
for (const [name, body] of Object.entries(bodies)) {
  makers[name] = {
    native: (init) => new Response(body(), init),
    light: (init) => new LightResponse(body(), init),
  }
}

type Make = (init?: ResponseInit) => Response

function typed(init: ResponseInit | undefined): Headers {
  const headers = new Headers(init?.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'text/plain; charset=utf-8')
  return headers
}

const inits: Record<string, ResponseInit | undefined> = {
  none: undefined,
  status: { status: 404, statusText: 'Gone Fishing' },
  'no content': { status: 204 },
  'reset content': { status: 205 },
  'not modified': { status: 304 },
  'a record of headers': { headers: { 'X-Upper': 'v', 'content-type': 'text/x' } },
  pairs: {
    headers: [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x', '1'],
      ['x', '2'],
    ],
  },
  'a Headers': { headers: new Headers({ a: 'b' }) },
  'spaces around a value': { headers: { a: '  b \t' } },
  'names that differ in case': { headers: { a: '1', A: '2' } },
  'an empty value': { headers: { a: '' } },
  'a line break in a value': { headers: { a: 'x\r\ny: z' } },
  'a NUL in a value': { headers: { a: 'x\0' } },
  'a character above latin-1': { headers: { a: '→' } },
  'latin-1': { headers: { a: 'ü' } },
  'a bad name': { headers: { 'a b': '1' } },
  'an empty name': { headers: { '': '1' } },
  'a status too low': { status: 199 },
  'a status too high': { status: 600 },
  'a status that is not a number': { status: Number.NaN },
  'a fractional status': { status: 200.9 },
  'a bad status text': { statusText: 'a\nb' },
}

describe('the light response', () => {
  it('has its own version of every member of Response', () => {
    for (const name of Object.getOwnPropertyNames(Response.prototype)) {
      expect(Object.hasOwn(LightResponse.prototype, name), name).toBe(true)
    }
  })

  it('is a Response', () => {
    const response = new LightResponse('x')
    expect(response).toBeInstanceOf(Response)
    expect(response.constructor.name).toBe('Response')
    expect(LightResponse.json({ a: 1 })).toBeInstanceOf(Response)
  })

  for (const [initName, init] of Object.entries(inits)) {
    for (const [bodyName, make] of Object.entries(makers)) {
      it(`behaves like a Response: body ${bodyName}, init ${initName}`, async () => {
        for (const [name, observe] of Object.entries(observations)) {
          const native = await seen(() => observe(make.native(init)))
          const light = await seen(() => observe(make.light(init)))
          expect(light, name).toEqual(native)
        }
      })
    }
  }

  it('behaves like a Response after any two observations in a row', async () => {
    const names = Object.keys(observations)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(makers)),
        fc.constantFrom('none', 'a record of headers', 'pairs'),
        fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 4 }),
        async (body, init, order) => {
          const native = makers[body]!.native(inits[init])
          const light = makers[body]!.light(inits[init])
          for (const name of order) {
            const expected = await seen(() => observations[name]!(native))
            expect(await seen(() => observations[name]!(light)), `${order.join(', ')}: ${name}`).toEqual(
              expected,
            )
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('accepts any text as the body and returns the same as a Response', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) => {
        expect(await new LightResponse(body).text()).toBe(await new Response(body).text())
      }),
    )
  })

  it('copies the bytes it is given', async () => {
    const bytes = new Uint8Array([1, 2, 3])
    const response = new LightResponse(bytes)
    bytes[0] = 99
    expect([...(await response.bytes())]).toEqual([1, 2, 3])
  })
})

describe('plainParts', () => {
  it('returns the headers and the body if they are still plain', () => {
    const response = new LightResponse('hi', { headers: { 'X-A': '1' } })
    expect(plainParts(response)).toEqual({
      headers: ['x-a', '1', 'content-type', 'text/plain;charset=UTF-8'],
      body: 'hi',
    })
  })

  it('returns the current headers, with each Set-Cookie as a separate field', () => {
    const response = new LightResponse('hi', { headers: { a: '1' } })
    response.headers.append('set-cookie', 'a=1')
    response.headers.append('set-cookie', 'b=2')
    response.headers.delete('a')
    expect(plainParts(response)).toEqual({
      headers: ['content-type', 'text/plain;charset=UTF-8', 'set-cookie', 'a=1', 'set-cookie', 'b=2'],
      body: 'hi',
    })
  })

  it.each<[string, (response: Response) => unknown]>([
    ['its body was accessed', (response) => response.body],
    ['it was read', (response) => response.text()],
  ])('returns undefined once %s', (_, touch) => {
    const response = new LightResponse('hi')
    touch(response)
    expect(plainParts(response)).toBeUndefined()
  })

  it('returns undefined for a native response', () => {
    expect(plainParts(new Response('hi'))).toBeUndefined()
  })
})

function streamedParts(response: Response) {
  const parts = lightParts(response)
  return parts?.body instanceof BodySource ? { ...parts, body: parts.body } : undefined
}

describe('lightParts of a streamed response', () => {
  const taken = (response: Response) => streamedParts(response)!.body.take()

  it('returns the current headers and the original iterator', () => {
    const chunks = ['a', 'b'].values()
    const response = stream(chunks, { headers: { 'X-A': '1' } })
    response.headers.append('set-cookie', 'a=1')
    const parts = streamedParts(response)!
    expect(parts.headers).toEqual([
      'x-a',
      '1',
      'content-type',
      'text/plain; charset=utf-8',
      'set-cookie',
      'a=1',
    ])
    expect(parts.body.next()).toEqual({ done: false, value: 'a' })
    expect(chunks.next()).toEqual({ done: false, value: 'b' })
  })

  it.each<[string, (response: Response) => unknown]>([
    ['its body was accessed', (response) => response.body],
    ['it was read', (response) => response.text()],
    ['it was cloned', (response) => response.clone()],
    ['it was taken', taken],
    [
      'it was taken from another response that shares it',
      (response) => taken(withHeaders(response, { a: '1' })),
    ],
    [
      'the body of another response that shares it was accessed',
      (response) => withStatus(response, 201).body,
    ],
  ])('returns undefined once %s', (_, touch) => {
    const response = stream(['hi'])
    touch(response)
    expect(streamedParts(response)).toBeUndefined()
    expect(plainParts(response)).toBeUndefined()
  })

  it('returns undefined for any other response', () => {
    expect(streamedParts(new LightResponse('hi'))).toBeUndefined()
    expect(streamedParts(new LightResponse(new Blob(['hi']).stream()))).toBeUndefined()
    expect(streamedParts(new Response('hi'))).toBeUndefined()
  })

  it('makes a taken response and those that share its body behave as if the body were being read', async () => {
    const being = new Response(new ReadableStream())
    void being.body?.getReader().read()
    for (const [name, observe] of Object.entries(observations)) {
      if (/type|header|blob/i.test(name)) continue
      const response = stream(['hi'])
      const other = withHeaders(response, { a: '1' })
      taken(other)
      const expected = await seen(() => observe(being))
      expect(await seen(() => observe(response)), name).toEqual(expected)
      expect(await seen(() => observe(other)), name).toEqual(expected)
    }
  })

  it('lets only one of the responses that share a body be read', async () => {
    const response = stream(['hi'])
    const other = withStatus(response, 201)
    expect(await other.text()).toBe('hi')
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => withHeaders(response, { a: '1' })).toThrow(TypeError)
  })
})

describe('a changed streamed response', () => {
  it.each<[string, (response: Response) => Response]>([
    ['withHeaders, of a record', (response) => withHeaders(response, { 'x-a': '1', 'x-b': null })],
    ['withHeaders, of pairs', (response) => withHeaders(response, [['x-a', '1']])],
    ['withStatus', (response) => withStatus(withHeaders(response, { 'x-a': '1' }), 201)],
  ])('keeps its iterator after %s', async (_, change) => {
    const response = change(stream(['a', 'b']))
    expect(streamedParts(response)).toBeDefined()
    expect(response.headers.get('x-a')).toBe('1')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe('ab')
  })

  it('is cancelled without being read if the new status has no body', async () => {
    const steps: string[] = []
    const iterator = {
      next: () => ({ done: steps.push('next') > 0, value: '' }),
      return: () => ({ done: steps.push('return') > 0, value: '' }),
    }
    const response = withStatus(stream({ [Symbol.iterator]: () => iterator }), 304)
    await new Promise((resolve) => setImmediate(resolve))
    expect([response.body, steps]).toEqual([null, ['return']])
  })
})
