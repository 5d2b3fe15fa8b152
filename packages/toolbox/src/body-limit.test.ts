import { type Application, mount, readBody, readChunks, stack, text, toFetch } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { type BodyLimitOptions, bodyLimit } from './index.ts'

/** The ways to read a body. Each returns its number of bytes. */
const readers: Record<string, Application> = {
  'request.text()': async ({ request }) => text(`${(await request.text()).length}`),
  'request.body': async ({ request }) => {
    let bytes = 0
    for await (const chunk of request.body ?? []) bytes += chunk.byteLength
    return text(`${bytes}`)
  },
  readBody: async (environ) => text(`${(await readBody(environ, 1_000_000)).length}`),
  readChunks: async (environ) => {
    let bytes = 0
    for await (const chunk of readChunks(environ, 1_000_000)) bytes += chunk.byteLength
    return text(`${bytes}`)
  },
}

/** A body without a length: in HTTP/1.1, it is sent in chunks. */
const chunked = (size: number) =>
  new ReadableStream({
    start(controller) {
      for (let sent = 0; sent < size; sent++) controller.enqueue(new Uint8Array(1))
      controller.close()
    },
  })
const whole = (size: number) => new Uint8Array(size)

describe.each(Object.entries(readers))('bodyLimit, with %s', (_, app) => {
  it.each([
    ['with a length', whole],
    ['without a length', chunked],
  ])('rejects a larger body %s, in the test client, on a real server and behind toFetch', async (_, body) => {
    const limited = stack(bodyLimit({ maxBodySize: 10 }))(app)
    await using server = await serve(limited, { listen: 'http://127.0.0.1:0' })
    const fetched = toFetch(limited)
    const init = (size: number) => ({ method: 'POST', body: body(size), duplex: 'half' }) as RequestInit
    for (const send of [
      (size: number) => client(limited).post('/', { body: body(size) }),
      (size: number) => fetch(server.addresses[0]!, init(size)),
      (size: number) => fetched(new Request('http://localhost/', init(size))),
    ]) {
      for (const [size, status] of [
        [0, 200],
        [10, 200],
        [11, 413],
        [500, 413],
      ] as const) {
        const response = await send(size)
        expect([size, response.status]).toEqual([size, status])
        const answer = await response.text()
        if (status === 200) expect(answer).toBe(`${size}`)
        else expect(answer).toContain('The request body is larger than 10 bytes.')
      }
    }
  })
})

describe('bodyLimit', () => {
  it('does not call the application if Content-Length is larger', async () => {
    const unreachable: Application = () => expect.unreachable()
    const web = client(bodyLimit({ maxBodySize: 3 })(unreachable))
    const response = await web.post('/', { body: 'four', headers: { 'content-length': '4' } })
    expect(response.status).toBe(413)
  })

  it('can be lower inside another, not higher, and applies to its mount alone', async () => {
    const app = readers['request.text()']!
    const site = stack(
      bodyLimit({ maxBodySize: 10 }),
      mount('/small', bodyLimit({ maxBodySize: 5 })(app)),
      mount('/large', bodyLimit({ maxBodySize: 100 })(app)),
    )(app)
    const status = async (path: string, size: number) =>
      (await client(site).post(path, { body: chunked(size) })).status
    expect(await status('/small', 6)).toBe(413)
    expect(await status('/', 6)).toBe(200)
    expect(await status('/large', 10)).toBe(200)
    expect(await status('/large', 11)).toBe(413)
  })

  it('lets requests without a body pass', async () => {
    const web = client(bodyLimit({ maxBodySize: 0 })(() => text('no body')))
    expect((await web.get('/')).status).toBe(200)
    expect((await web.post('/')).status).toBe(200)
  })

  it.each([
    [{}, 'bodyLimit: maxBodySize is missing: pass a number of bytes'],
    [{ maxBodySize: -1 }, 'bodyLimit: maxBodySize must be a size'],
    [{ maxBodySize: '1mb' }, 'got "1mb"'],
    [{ maxSize: 1 }, "unknown option 'maxSize'"],
  ] as unknown as [BodyLimitOptions, string][])(
    'checks its options when it is created: %j',
    (options, message) => {
      expect(() => bodyLimit(options)).toThrow(message)
    },
  )
})
