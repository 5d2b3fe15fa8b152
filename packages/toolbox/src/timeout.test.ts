import { setTimeout as sleep } from 'node:timers/promises'
import { type Application, errorOf, stack, stream, text, toFetch } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { type TimeoutOptions, timeout } from './index.ts'

const quiet = { errors: { write() {} } }

/** An application that ends when its signal aborts, and says so. */
function endless() {
  const { promise: aborted, resolve } = Promise.withResolvers<unknown>()
  const app: Application = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        resolve(signal.reason)
        reject(signal.reason)
      })
    })
  return { app, aborted }
}

describe('timeout', () => {
  it('responds with 503 and aborts the work', async () => {
    const { app, aborted } = endless()
    const response = await client(stack(timeout({ after: 10 }))(app), quiet).get('/slow')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ detail: 'The application took too long to respond.' })
    expect(await aborted).toMatchObject({
      name: 'TimeoutError',
      message: 'GET /slow: the application did not respond within 10 ms',
    })
    expect(errorOf(response)).toMatchObject({ status: 503, cause: await aborted })
  })

  it('works on a real server and behind toFetch', async () => {
    for (const run of ['server', 'fetch']) {
      const { app, aborted } = endless()
      const limited = timeout({ after: 10 })(app)
      if (run === 'server') {
        await using server = await serve(limited, { listen: 'http://127.0.0.1:0', ...quiet })
        expect((await fetch(server.addresses[0]!)).status).toBe(503)
      } else {
        const response = await toFetch(limited, quiet)(new Request('http://localhost/'))
        expect([response.status, (await response.text()).length > 0]).toEqual([503, true])
      }
      expect(await aborted).toMatchObject({ name: 'TimeoutError' })
    }
  })

  it('returns the response of an application that is in time', async () => {
    const web = client(timeout({ after: '10s' })(async () => text('in time')))
    expect(await (await web.get('/')).text()).toBe('in time')
  })

  it('does not limit the body', async () => {
    const slow = async () =>
      stream(
        (async function* () {
          yield 'a'
          await sleep(30)
          yield 'b'
        })(),
      )
    expect(await (await client(timeout({ after: 10 })(slow)).get('/')).text()).toBe('ab')
  })

  it('discards a response that comes too late', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    const cancelled = Promise.withResolvers<void>()
    const web = client(
      timeout({ after: 10 })(() => promise),
      quiet,
    )
    expect((await web.get('/')).status).toBe(503)
    resolve(new Response(new ReadableStream({ cancel: () => cancelled.resolve() })))
    await cancelled.promise
  })

  it('does not report a request whose client has left', async () => {
    const leaving = new AbortController()
    const { promise, resolve } = Promise.withResolvers<Response>()
    const web = client(
      timeout({ after: 10 })(() => promise),
      quiet,
    )
    const request = web.get('/', { signal: leaving.signal })
    leaving.abort()
    await sleep(30)
    resolve(text('nobody reads this'))
    await request
    expect(web.errors).toEqual([])
  })

  it('adds no promise to an application that is synchronous', () => {
    expect(timeout()(() => text(''))(testEnviron('/'))).toBeInstanceOf(Response)
  })

  it.each([
    [{ after: 0 }, 'timeout: after must be a duration from 1 to'],
    [{ after: '10' }, 'timeout: after must be a duration'],
    [{ afte: 1 }, "did you mean 'after'?"],
  ] as [TimeoutOptions, string][])('checks its options when it is created: %j', (options, message) => {
    expect(() => timeout(options)).toThrow(message)
  })
})
