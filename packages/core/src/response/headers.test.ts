import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { plainParts } from '../gateway.ts'
import { empty, json, mapBody, mapText, stream, text, withHeaders, withStatus } from '../index.ts'
import { client } from '../testing.ts'

const described = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'content-length': '5',
  'content-md5': 'x',
  'content-digest': 'x',
  'repr-digest': 'x',
  digest: 'x',
  etag: '"1"',
  'accept-ranges': 'bytes',
  'content-range': 'bytes 0-4/5',
}

const server = createServer((_, response) => {
  response.writeHead(200, { ...described, 'set-cookie': ['a=1', 'b=2'] })
  response.end('Hello')
})
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.close()
})

const pairs: [string, string][] = [...Object.entries(described), ['set-cookie', 'a=1'], ['set-cookie', 'b=2']]

/** The same response in every kind. */
const kinds: Record<string, () => Response | Promise<Response>> = {
  light: () => text('Hello', { headers: pairs }),
  'light with plain headers': () => withCookies(text('Hello', { headers: described })),
  'light with an accessed body': () => {
    const response = text('Hello', { headers: pairs })
    void response.body
    return response
  },
  native: () => new Response('Hello', { headers: pairs }),
  'of bytes': () => new Response(new TextEncoder().encode('Hello'), { headers: pairs }),
  streaming: () => stream(['Hel', 'lo'], { headers: pairs }),
  fetched: () => fetch(url),
}

function withCookies(response: Response): Response {
  response.headers.append('set-cookie', 'a=1')
  response.headers.append('set-cookie', 'b=2')
  return response
}

describe.each(Object.entries(kinds))('a response that is %s', (_, make) => {
  it('keeps the other fields when withHeaders replaces, removes and adds some', async () => {
    const response = withHeaders(await make(), {
      'Cache-Control': 'public',
      'content-md5': null,
      vary: ['Accept', 'Cookie'],
      'set-cookie': 'c=3',
    })
    expect(response.headers.get('cache-control')).toBe('public')
    expect(response.headers.has('content-md5')).toBe(false)
    expect(response.headers.get('vary')).toBe('Accept, Cookie')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3'])
    for (const name of ['content-length', 'etag', 'digest', 'content-digest', 'repr-digest']) {
      expect(response.headers.get(name), name).toBe(described[name as keyof typeof described])
    }
    expect(await response.text()).toBe('Hello')
  })

  it('keeps its fields and its body when withStatus changes the status', async () => {
    const response = withStatus(await make(), 404, 'Gone Fishing')
    expect([response.status, response.statusText]).toEqual([404, 'Gone Fishing'])
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.headers.get('content-length')).toBe('5')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe('Hello')
  })

  it('loses its body and the fields that describe it when withStatus sets a status without a body', async () => {
    for (const status of [204, 205, 304]) {
      const response = withStatus(await make(), status)
      expect([response.status, response.body]).toEqual([status, null])
      const names = [...response.headers.keys()].filter(
        (name) => !/^(date|connection|keep-alive)$/.test(name),
      )
      expect(names).toEqual(['accept-ranges', 'cache-control', 'etag', 'set-cookie', 'set-cookie'])
    }
  })

  it.each([
    ['mapText', async (r: Response) => mapText(r, (text) => text.toUpperCase())],
    ['mapText with a promise', async (r: Response) => mapText(r, async (text) => text.toUpperCase())],
    ['mapBody', async (r: Response) => mapBody(r, (body) => body.pipeThrough(upperCase()))],
  ])('has no field that describes the old body when %s changes it', async (_, map) => {
    const response = await map(await make())
    for (const name of Object.keys(described)) {
      const kept = name === 'content-type' || name === 'cache-control'
      expect(response.headers.has(name), name).toBe(kept)
    }
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect([response.status, await response.text()]).toEqual([200, 'HELLO'])
  })
})

const upperCase = () =>
  new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(new TextEncoder().encode(new TextDecoder().decode(chunk).toUpperCase()))
    },
  })

describe('a response without a content type', () => {
  const bare = () => {
    const response = text('Hello')
    response.headers.delete('content-type')
    return response
  }
  it.each<[string, (response: Response) => Response | Promise<Response>]>([
    ['withHeaders', (response) => withHeaders(response, { 'x-a': '1' })],
    ['withStatus', (response) => withStatus(response, 404)],
    ['mapText', (response) => mapText(response, (text) => text)],
    ['mapBody', (response) => mapBody(response, (body) => body)],
  ])('still has none after %s', async (_, change) => {
    const response = await change(bare())
    expect(response.headers.has('content-type')).toBe(false)
    expect(await response.text()).toBe('Hello')
  })
})

describe('a response without a body', () => {
  it('can have its status and headers changed', () => {
    for (const response of [empty(), new Response(null, { status: 204 })]) {
      const changed = withHeaders(response, { 'x-a': '1' })
      expect([changed.status, changed.body, [...changed.headers]]).toEqual([204, null, [['x-a', '1']]])
    }
    expect(withStatus(empty(), 404).status).toBe(404)
  })

  it('is returned unchanged by mapText and mapBody', async () => {
    const change = vi.fn()
    for (const response of [
      empty(),
      new Response(null, { headers: { etag: '"1"' } }),
      Response.redirect('http://a/'),
    ]) {
      expect(await mapText(response, change)).toBe(response)
      expect(mapBody(response, change)).toBe(response)
    }
    expect(change).not.toHaveBeenCalled()
  })

  it('can be immutable', () => {
    const response = withHeaders(Response.redirect('http://a/'), { 'set-cookie': ['a=1'] })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://a/'])
    expect(response.headers.getSetCookie()).toEqual(['a=1'])
  })
})

describe('a plain body', () => {
  it('stays plain, so that a gateway can write it with one call', async () => {
    const plain = { headers: expect.any(Array), body: 'Hello' }
    const response = withHeaders(text('Hello'), { 'set-cookie': ['a=1', 'b=2'] })
    expect(plainParts(response)).toEqual(plain)
    expect(plainParts(withStatus(response, 404))).toEqual(plain)
    expect(plainParts(await mapText(response, (text) => text))).toEqual(plain)
  })
})

describe('withHeaders', () => {
  it('does not change the original response', () => {
    const response = text('x', { headers: { 'x-a': '1' } })
    withHeaders(response, { 'x-a': '2', 'x-b': '3' })
    expect(response.headers.get('x-a')).toBe('1')
    expect(response.headers.has('x-b')).toBe(false)
  })

  it('accepts a Headers or pairs, and adds two fields for a name that occurs twice', () => {
    const old = { headers: { 'x-a': 'old' } }
    const pairs: [string, string][] = [
      ['X-A', '1'],
      ['x-a', '2'],
    ]
    expect(withHeaders(text('', old), pairs).headers.get('x-a')).toBe('1, 2')
    expect(withHeaders(text('', old), new Headers(pairs)).headers.get('x-a')).toBe('1, 2')
  })

  it('removes every Set-Cookie if it is null', () => {
    const response = withHeaders(text('', { headers: { 'set-cookie': 'a=1' } }), { 'Set-Cookie': null })
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it.each([
    ['a value with a line break', { 'x-a': 'b\r\nc: d' }],
    ['a value with NUL', { 'x-a': 'b\0' }],
    ['an invalid name', { 'x a': 'b' }],
  ])('rejects %s', (_, changes) => {
    expect(() => withHeaders(text('x'), changes)).toThrow(TypeError)
  })

  it('rejects a response that was already read', async () => {
    for (const response of [text('x'), new Response('x')]) {
      await response.text()
      expect(() => withHeaders(response, {})).toThrow(TypeError)
    }
  })

  it('does not read a stream, and passes on a cancellation', async () => {
    const steps: string[] = []
    function* chunks() {
      try {
        for (;;) {
          steps.push('chunk')
          yield 'x'
        }
      } finally {
        steps.push('finally')
      }
    }
    const response = withHeaders(stream(chunks()), { 'x-a': '1' })
    expect(steps).toEqual([])
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(steps).toEqual(['chunk', 'finally'])
  })
})

describe('withStatus', () => {
  it('rejects a status out of range', () => {
    expect(() => withStatus(text('x'), 199)).toThrow(RangeError)
  })

  it('cancels the body that it drops, even if that fails', async () => {
    const rejections: unknown[] = []
    const listen = (error: unknown) => rejections.push(error)
    process.on('unhandledRejection', listen)
    let cancelled = false
    const body = new ReadableStream({
      cancel() {
        cancelled = true
        throw new Error('cannot')
      },
    })
    expect(withStatus(new Response(body), 304).body).toBeNull()
    await new Promise((resolve) => setTimeout(resolve))
    process.off('unhandledRejection', listen)
    expect([cancelled, rejections]).toEqual([true, []])
  })
})

describe('mapText', () => {
  it('returns bytes that are not UTF-8 unchanged, with the fields that describe them', async () => {
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00])
    const headers = { 'content-type': 'image/png', etag: '"1"', 'content-length': '6' }
    const change = vi.fn()
    const response = await mapText(new Response(bytes, { headers }), change)
    expect(change).not.toHaveBeenCalled()
    expect(Object.fromEntries(response.headers)).toEqual(headers)
    expect(await response.bytes()).toEqual(bytes)
  })

  it('returns an encoded body unread', async () => {
    const response = text('Hello', { headers: { 'content-encoding': 'br' } })
    expect(await mapText(response, () => 'x')).toBe(response)
    expect(response.bodyUsed).toBe(false)
  })

  it('changes text whose characters are split between chunks', async () => {
    const bytes = new TextEncoder().encode('世界')
    const response = stream([bytes.subarray(0, 2), bytes.subarray(2, 4), bytes.subarray(4)])
    expect(await (await mapText(response, (text) => `${text}!`)).text()).toBe('世界!')
  })

  it('rejects if the callback throws or the body was already read', async () => {
    const refuse = () => {
      throw new Error('refused')
    }
    await expect(mapText(text('x'), refuse)).rejects.toThrow('refused')
    const read = new Response('x')
    await read.text()
    await expect(mapText(read, (text) => text)).rejects.toThrow(TypeError)
  })

  it('keeps the status', async () => {
    expect((await mapText(json({}, { status: 404 }), (text) => text)).status).toBe(404)
  })

  it.each([7, undefined, null, new Uint8Array()])('rejects the text %s', async (wrong) => {
    const change = () => wrong as never
    const message = /^mapText: change must return a string, got /
    await expect(mapText(text('x'), change)).rejects.toThrow(message)
    await expect(mapText(new Response('x'), change)).rejects.toThrow(message)
    const web = client(async () => mapText(text('x'), change), { errors: { write() {} } })
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })])
  })
})

describe('mapBody', () => {
  it('reads nothing until its reader does', async () => {
    let asked = 0
    function* chunks() {
      for (;;) yield String(++asked)
    }
    const response = mapBody(stream(chunks()), (body) => body)
    await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(0)
    await response.body!.cancel()
  })
})
