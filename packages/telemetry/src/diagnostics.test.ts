import { AsyncLocalStorage } from 'node:async_hooks'
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { HttpError, mount, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { afterEach, describe, expect, it } from 'vitest'
import { diagnostics, type RequestMessage } from './diagnostics.ts'

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const
const failure = new RangeError('broken')
const site = mount(
  '/api',
  router(stack(diagnostics()), {
    '/users/:id': ({ params }) => text(params.id),
    '/broken': async () => {
      throw failure
    },
    '/missing': () => {
      throw new HttpError(404)
    },
  }),
)(() => text('home'))
const browser = client(site, { errors: { write() {} } })

/** The events since the test began. */
let seen: [event: string, message: RequestMessage][] = []
const listeners = EVENTS.map((event) => ({
  name: `tracing:tsgi.request:${event}`,
  listen: (message: unknown) => void seen.push([event, message as RequestMessage]),
}))

afterEach(() => {
  for (const { name, listen } of listeners) unsubscribe(name, listen)
  seen = []
})

describe('diagnostics', () => {
  it('publishes the events of a request with its environ, route and response', async () => {
    for (const { name, listen } of listeners) subscribe(name, listen)
    await (await browser.get('/api/users/7')).text()
    expect(seen.map(([event]) => event)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    const [, { environ, result, error }] = seen.at(-1)!
    expect([environ.method, environ.route, result?.status, error]).toEqual([
      'GET',
      '/api/users/:id',
      200,
      undefined,
    ])
    expect(new Set(seen.map(([, message]) => message)).size).toBe(1)
  })

  it('publishes what the application throws, and the response that becomes of it', async () => {
    for (const { name, listen } of listeners) subscribe(name, listen)
    expect((await browser.get('/api/broken')).status).toBe(500)
    expect(seen.map(([event]) => event)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(seen.at(-1)![1]).toMatchObject({
      error: failure,
      result: expect.objectContaining({ status: 500 }),
    })
    seen = []
    expect((await browser.get('/api/missing')).status).toBe(404)
    expect(seen[2]).toMatchObject(['error', { error: { status: 404 } }])
  })

  it('binds a store of a subscriber to the request', async () => {
    const storage = new AsyncLocalStorage<string>()
    const start = channel('tracing:tsgi.request:start')
    start.bindStore(storage, (message) => (message as RequestMessage).environ.pathInfo)
    const application = diagnostics()(async () => {
      await Promise.resolve()
      return text(String(storage.getStore()))
    })
    expect(await (await client(application).get('/a')).text()).toBe('/a')
    start.unbindStore(storage)
    expect(await (await client(application).get('/a')).text()).toBe('undefined')
  })

  it('only calls the application while nobody subscribes', () => {
    const response = text('')
    const application = diagnostics()(() => response)
    expect(application({} as never)).toBe(response)
  })
})
