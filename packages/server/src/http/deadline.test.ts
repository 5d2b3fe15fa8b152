import { type Application, HttpError, stream, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { start, until } from '../../test/start.ts'

const GET = 'GET /slow?x HTTP/1.1\r\nHost: a\r\n\r\n'

/** An application that responds when the test says so, and records what happened to its request. */
function held() {
  const answer = Promise.withResolvers<Response>()
  const seen: { reason?: unknown; late?: unknown } = {}
  const application: Application = ({ signal, pathInfo }) => {
    if (pathInfo !== '/slow') return text('quick')
    signal.addEventListener('abort', () => {
      seen.reason = signal.reason
    })
    return answer.promise
  }
  return { application, answer, seen }
}

async function* slowly(): AsyncGenerator<string> {
  yield 'a'
  await new Promise((resolve) => setTimeout(resolve, 300))
  yield 'b'
}

describe('requestTimeout', () => {
  it('causes a 503 and aborts the signal if the application takes longer', async () => {
    const { application, answer, seen } = held()
    await using server = await start(application, { requestTimeout: 50 })
    using client = server.connect()
    const response = await client.send(GET).response()
    expect(response.status).toBe(503)
    expect(JSON.parse(response.body).detail).toBe('The application took too long to respond.')
    expect(seen.reason).toMatchObject({
      name: 'TimeoutError',
      message: 'GET /slow: the application did not respond within 50 ms',
    })
    expect(server.errors).toMatchObject([{ status: 503, cause: seen.reason }])
    // The connection stays open, and the late response is not sent for the next request.
    answer.resolve(text('late'))
    const next = await client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').response()
    expect(next.body).toBe('quick')
  })

  it('cancels the body of a late response', async () => {
    const { application, answer } = held()
    await using server = await start(application, { requestTimeout: 50 })
    expect((await server.raw(GET)).status).toBe(503)
    let cancelled = false
    const body = new ReadableStream({
      cancel() {
        cancelled = true
      },
    })
    answer.resolve(new Response(body, { headers: { 'content-type': 'text/plain' } }))
    await until(() => cancelled)
  })

  it('reports an application that fails late, and sends only one response', async () => {
    const { application, answer } = held()
    await using server = await start(application, { requestTimeout: 50 })
    using client = server.connect()
    expect((await client.send(GET).response()).status).toBe(503)
    answer.reject(new HttpError(500, 'late'))
    await until(() => server.errors.length === 2)
    expect((await client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').response()).body).toBe('quick')
  })

  it('aborts a signal that is first read later, and fails reads of the body', async () => {
    const outcome: unknown[] = []
    const application: Application = async (environ) => {
      await environ.request.text().catch((error: unknown) => outcome.push(error))
      outcome.push(environ.signal.aborted)
      return text('late')
    }
    await using server = await start(application, { requestTimeout: 50 })
    const response = await server.raw('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc')
    expect(response.status).toBe(503)
    await until(() => outcome.length === 2)
    expect(outcome[1]).toBe(true)
  })

  it('limits neither streaming bodies nor fast applications', async () => {
    const application: Application = async ({ pathInfo }) => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      if (pathInfo === '/quick') return text('quick')
      return stream(slowly())
    }
    await using server = await start(application, { requestTimeout: 200 })
    expect(await (await fetch(`${server.url}/quick`)).text()).toBe('quick')
    expect(await (await fetch(server.url)).text()).toBe('ab')
    expect(server.errors).toEqual([])
  })

  it('is not reported if the client has disconnected', async () => {
    const { application, seen } = held()
    await using server = await start(application, { requestTimeout: 100 })
    const client = server.connect()
    client.send(GET)
    await fetch(server.url)
    client.socket.resetAndDestroy()
    await until(() => seen.reason !== undefined)
    expect(seen.reason).toMatchObject({ name: 'AbortError' })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(server.errors).toEqual([])
  })
})
