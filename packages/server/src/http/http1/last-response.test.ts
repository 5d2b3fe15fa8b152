import { once } from 'node:events'
import { stream, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { start } from '../../../test/start.ts'

const LONG = 'Content-Length: 100000000\r\n'
const post = (fields: string, path = '/') => `POST ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`

describe('a client that is still sending after the last response', () => {
  it.each([
    ['to a malformed Host', `POST / HTTP/1.1\r\nHost: @\r\n${LONG}\r\n`, 400],
    ['to too many fields', post(`${'a:\r\n'.repeat(200)}${LONG}`), 431],
    ['to an unknown expectation', post(`Expect: tea\r\n${LONG}`), 417],
    ['to nonsense', 'nonsense\r\n\r\n', 400],
    ['that does not need the body', post(LONG), 200],
    ['to a chunked body', `${post('Transfer-Encoding: chunked\r\n')}fffffff\r\n`, 200],
    ['with a stream', post(LONG, '/stream'), 200],
    ['without a 100', post(`Expect: 100-continue\r\n${LONG}`), 200],
    ['to a request with Connection: close', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 200],
    ['to a request over HTTP/1.0', `POST / HTTP/1.0\r\n${LONG}\r\n`, 200],
  ])('%s gets it without a reset of the connection', async (_, head, status) => {
    await using server = await start(async ({ pathInfo }) => {
      if (pathInfo !== '/stream') return text('Hello')
      return stream(
        (async function* () {
          yield 'Hel'
          await new Promise((resolve) => setImmediate(resolve))
          yield 'lo'
        })(),
      )
    })
    using client = server.connect()
    const { socket } = client
    const closed = once(socket, 'close')
    client.send(head)
    const response = await client.response()
    expect([response.status, response.headers.get('connection')]).toEqual([status, ['close']])
    // More than the buffers of the system hold, which a closed connection would reject.
    for (let n = 0; n < 20; n++) {
      await new Promise((resolve) => socket.write(Buffer.alloc(256 * 1024, 'x'), resolve))
    }
    socket.end()
    expect(await closed).toEqual([false])
  })
})
