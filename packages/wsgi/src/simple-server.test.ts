import { request } from 'node:http'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { b } from './contract/bytes.ts'
import type { WsgiApplication } from './contract/types.ts'
import { makeServer } from './simple-server.ts'

const hello: WsgiApplication = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return [new TextEncoder().encode(`Hello ${environ.PATH_INFO} from ${environ.SERVER_PORT}`)]
}

describe('makeServer', () => {
  it.each(['127.0.0.1', '::1', 'localhost'])('serves on %s until it is shut down', async (host) => {
    const server = makeServer(host, 0, hello)
    const served = server.serveForever()
    const address = new URL(await server.address)
    const response = await fetch(new URL('/world', address))
    expect(await response.text()).toBe(`Hello /world from ${address.port}`)
    await server.shutdown()
    await served
    await expect(fetch(address)).rejects.toThrow('fetch failed')
  })

  it('serves on all interfaces if the host is empty', async () => {
    const server = makeServer('', 0, hello)
    const served = server.serveForever()
    const { port } = new URL(await server.address)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    await server.shutdown()
    await served
  })

  it('rejects if it cannot listen', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const server = makeServer('127.0.0.1', port, hello)
    await expect(server.serveForever()).rejects.toThrow('EADDRINUSE')
    await expect(server.address).rejects.toThrow('EADDRINUSE')
    other.close()
  })

  it('serves only once', async () => {
    const server = makeServer('127.0.0.1', 0, hello)
    await server.shutdown()
    await expect(server.serveForever()).rejects.toThrow('makeServer: a server can serve only once')
  })

  it('rejects invalid arguments', () => {
    expect(() => makeServer('http://localhost', 0, hello)).toThrow(
      new TypeError(`makeServer: host must be a name, an address or '', got "http://localhost"`),
    )
    expect(() => makeServer('localhost', 65_536, hello)).toThrow(
      new TypeError('makeServer: port must be a whole number from 0 to 65535, got 65536'),
    )
    expect(() => makeServer('localhost', 0, b`no` as unknown as WsgiApplication)).toThrow(
      new TypeError('makeServer: app must be a function, got an instance of Uint8Array'),
    )
  })
})

describe('over HTTP', () => {
  async function serving<T>(app: WsgiApplication, use: (url: URL) => Promise<T>): Promise<T> {
    const server = makeServer('127.0.0.1', 0, app)
    const served = server.serveForever()
    try {
      return await use(new URL(await server.address))
    } finally {
      await server.shutdown()
      await served
    }
  }

  const echo: WsgiApplication = async (environ, startResponse) => {
    const body = await environ['wsgi.input'].read()
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return [b`got `, body]
  }

  it('adds Date and Content-Length', async () => {
    const { headers } = await serving(hello, (url) => fetch(url))
    expect(Date.parse(headers.get('date')!)).toBeGreaterThan(0)
    expect(headers.get('content-length')).toMatch(/^\d+$/)
  })

  it('decodes a chunked body', async () => {
    const app: WsgiApplication = (environ, startResponse) => {
      expect(environ.HTTP_TRANSFER_ENCODING).toBeUndefined()
      expect(environ.CONTENT_LENGTH).toBeUndefined()
      return echo(environ, startResponse)
    }
    const body = new Blob(['chunked']).stream()
    const init = { method: 'POST', body, duplex: 'half' }
    expect(await serving(app, async (url) => (await fetch(url, init)).text())).toBe('got chunked')
  })

  it('sends 100 Continue when the body is read', async () => {
    const log: string[] = []
    await serving(echo, async (url) => {
      const { promise, resolve } = Promise.withResolvers<string>()
      const sent = request(url, {
        method: 'POST',
        headers: { expect: '100-continue', 'content-length': '4' },
      })
      sent.on('continue', () => {
        log.push('continue')
        sent.end('body')
      })
      sent.on('response', (response) => resolve(text(response)))
      sent.flushHeaders()
      log.push(await promise)
    })
    expect(log).toEqual(['continue', 'got body'])
  })

  it('closes the body when the client disconnects', async () => {
    const closed = Promise.withResolvers<string>()
    const app: WsgiApplication = (_, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return {
        async *[Symbol.asyncIterator]() {
          // The client has left when what is sent is replied to with a reset.
          for (;;) {
            yield b`more`
            await new Promise((resolve) => setTimeout(resolve, 5))
          }
        },
        close: () => closed.resolve('closed'),
      }
    }
    await serving(app, async (url) => {
      const response = await fetch(url)
      const reader = response.body!.getReader()
      await reader.read()
      await reader.cancel()
      expect(await closed.promise).toBe('closed')
    })
  })
})
