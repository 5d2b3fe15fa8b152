import { json, readBody, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { engine } from '../../../test/serve.ts'
import { start } from '../../../test/start.ts'

const UPGRADE = 'Connection: Upgrade, X\r\nUpgrade: websocket\r\n'
const get = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`

describe('a request for an upgrade', () => {
  it('reaches the application with its fields, except that Connection lacks the upgrade on node:http', async () => {
    await using server = await start(({ headers }) => json([...headers]))
    const { body } = await server.raw(get('/', `${UPGRADE}X-Latin: \xe9\r\nSec-WebSocket-Key: abc\r\n`))
    expect(JSON.parse(body)).toEqual([
      ['connection', engine === 'node' ? 'X' : 'Upgrade, X'],
      ['host', 'a'],
      ['sec-websocket-key', 'abc'],
      ['upgrade', 'websocket'],
      ['x-latin', '\u00e9'.replace('\u00e9', Buffer.from('\u00e9').toString('latin1'))],
    ])
  })

  it.each([
    ['Proxy-Connection', 'Proxy-Connection: Upgrade\r\nUpgrade: x\r\n'],
    ['both', 'proxy-connection: a , upgrade\r\nConnection: Upgrade\r\nUpgrade: x\r\n'],
    ['repeated fields', 'Connection: upgrade\r\nConnection:upgrade ,\tUpgrade\r\nUpgrade: x\r\n'],
    [
      'the handshake of a WebSocket in Proxy-Connection',
      'Proxy-Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
    ],
  ])('is read once if it asks for it in %s', async (_, fields) => {
    let calls = 0
    await using server = await start(({ pathInfo }) => {
      calls++
      return text(pathInfo)
    })
    using client = server.connect()
    client.send(get('/a', fields) + get('/b'))
    expect((await client.response()).body).toBe('/a')
    expect((await client.response()).body).toBe('/b')
    expect(calls).toBe(2)
  })

  it('waits for the responses to the requests before it', async () => {
    const events: string[] = []
    await using server = await start(async (environ) => {
      events.push(`begin ${environ.pathInfo}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      const body = await readBody(environ, 1000)
      events.push(`end ${environ.pathInfo}`)
      return text(`${environ.pathInfo} ${body.byteLength}`)
    })
    using client = server.connect()
    const post = `POST /3 HTTP/1.1\r\nHost: a\r\n${UPGRADE}Content-Length: 5\r\n\r\nhello`
    client.send(get('/1') + get('/2', UPGRADE) + post)
    for (const expected of ['/1 0', '/2 0', '/3 5']) {
      expect((await client.response()).body).toBe(expected)
    }
    expect(events).toEqual([1, 2, 3].flatMap((n) => [`begin /${n}`, `end /${n}`]))
  })

  it('gets its response behind another one, even if the client closes its side', async () => {
    await using server = await start(async ({ pathInfo }) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return text(pathInfo)
    })
    using client = server.connect()
    client.socket.end(get('/1') + get('/2', UPGRADE) + get('/3'))
    for (const path of ['/1', '/2', '/3']) expect((await client.response()).body).toBe(path)
    expect(await client.end()).toBe('')
  })

  it('is read to its end if it arrives in two parts', async () => {
    await using server = await start(async (environ) =>
      text(String((await readBody(environ, 1e6)).byteLength)),
    )
    for (const length of [10, 200_000]) {
      using client = server.connect()
      client.send(`POST / HTTP/1.1\r\nHost: a\r\n${UPGRADE}Content-Length: ${length}\r\n\r\n12345`)
      client.send('6'.repeat(length - 5) + get('/next'))
      const { headers, body } = await client.response()
      expect(body).toBe(String(length))
      // If Node has read the body, this is the last request.
      if (headers.get('connection')?.join() === 'close') expect(await client.end()).toBe('')
      else expect((await client.response()).body).toBe('0')
    }
  })

  it('does not end the process if its client leaves within the body', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    await using server = await start(async (environ) => {
      if (environ.method === 'POST') resolve(await readBody(environ, 1e6).catch((error: unknown) => error))
      return text('')
    })
    using client = server.connect()
    client.send(`POST / HTTP/1.1\r\nHost: a\r\n${UPGRADE}Content-Length: 10\r\n\r\n12345`)
    await server.raw(get('/other'))
    client.socket.resetAndDestroy()
    expect(await promise).toBeInstanceOf(Error)
  })

  it('does not pile up listeners on a connection', async () => {
    const warnings: Error[] = []
    const keep = (warning: Error) => warnings.push(warning)
    process.on('warning', keep)
    await using server = await start(({ pathInfo }) => text(pathInfo))
    using client = server.connect()
    for (let n = 0; n < 30; n++)
      expect((await client.send(get(`/${n}`, UPGRADE)).response()).body).toBe(`/${n}`)
    client.send(get('/many', UPGRADE).repeat(500))
    for (let n = 0; n < 500; n++) expect((await client.response()).body).toBe('/many')
    process.off('warning', keep)
    expect(warnings).toEqual([])
  })

  it('is limited like any other', async () => {
    await using server = await start(() => text(''), { maxHeadersCount: 5, maxHeaderSize: 1000 })
    expect((await server.raw(get('/', `${UPGRADE}a:\r\nb:\r\nc:\r\nd:\r\n`))).status).toBe(431)
    expect((await server.raw(get('/', `${UPGRADE}a:${'a'.repeat(1000)}\r\n`))).status).toBe(431)
    expect((await server.raw(`GET / HTTP/1.1\r\n${UPGRADE}\r\n`)).status).toBe(400)
  })
})
