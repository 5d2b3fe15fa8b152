import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import * as undici from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromFetch, text } from '../index.ts'
import { client } from '../testing.ts'

const encoders: Readonly<Record<string, (text: string) => Uint8Array>> = {
  '/gzip': gzipSync,
  '/GZIP': gzipSync,
  '/deflate': deflateSync,
  '/br': brotliCompressSync,
  '/zstd': zstdCompressSync,
  '/deflate,gzip': (text) => gzipSync(deflateSync(text)),
}

let server: Server
let url = ''
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    const body = encoders[url]?.('Hello') ?? Buffer.from('Hello')
    response.writeHead(200, {
      'content-type': 'text/plain',
      'content-encoding': url.slice(1),
      'content-length': body.length,
    })
    response.end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

/** The `fetch` of Node 22 does not decode zstd. */
const decodesZstd = !process.version.startsWith('v22.')

describe.each<[string, typeof fetch, string[]]>([
  ['fetch', fetch, decodesZstd ? [] : ['/zstd']],
  ['fetch of undici', undici.fetch as unknown as typeof fetch, []],
])('a fetch handler that returns what %s returned', (_, send, undecoded) => {
  const web = client(fromFetch(({ url: target, method }) => send(url + new URL(target).pathname, { method })))

  it.each(Object.keys(encoders).filter((path) => !undecoded.includes(path)))(
    'drops the encoding fields of a decoded %s body',
    async (path) => {
      for (const method of ['get', 'head'] as const) {
        const { headers } = await web[method](path)
        expect([headers.get('content-encoding'), headers.get('content-length')]).toEqual([null, null])
        expect(headers.get('content-type')).toBe('text/plain')
      }
      expect(await (await web.get(path)).text()).toBe('Hello')
    },
  )

  it.each(['/unknown', '/identity'])(
    'keeps the encoding fields of %s, which is not decoded',
    async (path) => {
      const response = await web.get(path)
      expect(response.headers.get('content-encoding')).toBe(path.slice(1))
      expect(response.headers.get('content-length')).toBe('5')
      expect(await response.text()).toBe('Hello')
    },
  )

  it.each(undecoded)('keeps the encoding of a %s body, which it does not decode', async (path) => {
    const response = await web.get(path)
    expect(response.headers.get('content-encoding')).toBe('zstd')
    expect(zstdDecompressSync(await response.bytes()).toString()).toBe('Hello')
  })
})

it('keeps the encoding of a response that the handler created', async () => {
  const body = gzipSync('Hello')
  const headers = { 'content-encoding': 'gzip', 'content-length': String(body.length) }
  for (const make of [
    () => new Response(body, { headers }),
    () => text('Hello', { headers: { 'content-encoding': 'gzip' } }),
  ]) {
    const response = await client(fromFetch(make)).get('/')
    expect(response.headers.get('content-encoding')).toBe('gzip')
  }
})
