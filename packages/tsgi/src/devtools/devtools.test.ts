import { type Application, empty, extend, type Middleware, mount, stack, stream, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { describe, expect, it, vi } from 'vitest'
import { start as startServer } from '../../../server/test/start.ts'
import { DevtoolsPage } from '../../test/devtools-page.ts'
import { devtools } from './devtools.ts'

const quiet = { errors: { write() {} } }

/** A client of an application that was made after `devtools()`. */
function start(createApplication: () => Application): Client {
  const tools = devtools()
  return client(tools(createApplication()), quiet)
}

const user: Middleware<{ user: { name: string } }> = (app) => (environ) =>
  app(extend(environ, { user: { name: 'Ada' } }))
const asleep: Middleware = (app) => async (environ) => app(environ)

describe('a request on the page of the devtools', () => {
  it('shows the layers, the outermost first, and the keys that each has added', async () => {
    class Visits {}
    const visits: Middleware<{ visits: Visits }, { user: unknown }> = (app) => (environ) =>
      app(extend(environ, { visits: new Visits(), user: null }))
    const web = start(() => router(stack(user, visits), { '/users/:id': { GET: () => text('a user') } }))
    await (await web.get('/users/7')).text()
    const [request] = (await DevtoolsPage.read(web)).requests
    expect(request?.layers).toEqual(['user', '  visits', '    router', '      GET /users/:id'])
    expect(request?.keys).toEqual([
      'user: user object',
      'visits: user replaced',
      'visits: visits Visits',
      'router: params object',
    ])
    expect(request?.summary).toMatch(/^\d\d:\d\d:\d\d GET \/users\/7 200 [\d.]+ m?s$/)
    expect(request?.html).toContain('<dt>Route</dt> <dd><code>/users/:id</code></dd>')
  })

  it('neither reads lazy values nor shows values', async () => {
    const read = vi.fn()
    const lazy: Middleware<{ token: string; wary: object }> = (app) => (environ) => {
      Object.defineProperty(environ, 'session', { get: read })
      const traps = { get: read, has: read, getPrototypeOf: read, ownKeys: read }
      return app(extend(environ, { wary: new Proxy({}, traps as object), token: 'secret-1' }))
    }
    const web = start(() => stack(lazy)(() => text('', { headers: { 'set-cookie': 'a=secret-2' } })))
    await web.get('/?key=secret-3', { headers: { cookie: 'b=secret-4', authorization: 'secret-5' } })
    const { requests, html } = await DevtoolsPage.read(web)
    expect(requests[0]?.keys).toEqual(['lazy: session getter', 'lazy: wary Proxy', 'lazy: token string'])
    expect(html).toContain('<code>key</code>')
    expect(html).not.toContain('secret-')
    expect(read).not.toHaveBeenCalled()
  })

  it('shows which layer has ended a request early', async () => {
    const guard: Middleware = (app) => (environ) =>
      environ.headers.has('authorization') ? app(environ) : empty(401)
    const web = start(() => stack(user, guard)(() => text('')))
    await web.get('/')
    await web.get('/', { headers: { authorization: 'x' } })
    const [passed, ended] = (await DevtoolsPage.read(web)).requests
    expect(ended?.layers).toEqual(['user', '  guard ended the request'])
    expect(ended?.summary).toContain('GET / 401')
    expect(passed?.layers).toEqual(['user', '  guard', '    application'])
  })

  it('has its own layers when requests overlap, and when a layer calls another one twice at the same time', async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>()
    const both: Middleware = (app) => async (environ) => {
      const [first] = await Promise.all([app(environ), app(environ)])
      return first
    }
    const web = start(() =>
      router(asleep, {
        '/slow/:id': async ({ params }) => {
          gates.set(params.id, Promise.withResolvers())
          await gates.get(params.id)?.promise
          return text('')
        },
        '/both': stack(both, asleep)(() => text('')),
      }),
    )
    const slow = [web.get('/slow/1'), web.get('/slow/2')]
    await expect.poll(() => gates.size).toBe(2)
    await web.get('/both')
    const waiting = (await DevtoolsPage.read(web)).requests
    expect(waiting.map(({ summary }) => summary.slice(9))).toEqual([
      expect.stringMatching(/^GET \/both 200 /),
      'GET /slow/2 waiting',
      'GET /slow/1 waiting',
    ])
    gates.get('2')?.resolve()
    await slow[1]
    gates.get('1')?.resolve()
    await slow[0]
    const [twice, ...others] = (await DevtoolsPage.read(web)).requests
    for (const { layers } of others) expect(layers).toEqual(['asleep', '  router', '    * /slow/:id'])
    expect(twice?.layers.slice(3)).toEqual([
      '      both',
      '        asleep',
      '          application',
      '        asleep',
      '          application',
    ])
  })

  it('shows the time until the head and until the end of a streamed body, and when a reader has left', async () => {
    const web = start(() => () => stream(['a', 'b']))
    const [, left] = [await web.get('/read'), await web.get('/left')]
    const [streaming] = (await DevtoolsPage.read(web)).requests
    expect(streaming?.summary).toContain('GET /left 200 streaming')
    expect(streaming?.html).toMatch(/<dt>Head<\/dt> <dd>[\d.]+ m?s</)
    expect(streaming?.html).toContain('<dt>End</dt> <dd>not yet<')
    await left.body?.cancel()
    await (await web.get('/read')).text()
    await expect.poll(async () => (await DevtoolsPage.read(web)).requests[0]?.html).not.toContain('not yet')
    const [read, cut] = (await DevtoolsPage.read(web)).requests
    expect(read?.html).toMatch(/<dt>End<\/dt> <dd>[\d.]+ m?s, 2 B</)
    expect(cut?.html).toMatch(/<dt>End<\/dt> <dd>[\d.]+ m?s, 0 B, cut off</)
  })

  it.each([
    ['the client has left', {}, 'client left', 'Errors No errors.'],
    ['the application took too long', { requestTimeout: 10 }, 'timed out', /took too long to respond/],
  ])('shows that %s, if there was no response', async (_, options, status, errors) => {
    const waits: Application = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    await using server = await startServer(devtools()(waits), options)
    const read = async () => new DevtoolsPage(await (await fetch(`${server.url}/__tsgi`)).text())
    const connection = server.connect()
    connection.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await expect.poll(async () => (await read()).requests.length).toBe(1)
    if (status === 'timed out') await connection.response()
    connection[Symbol.dispose]()
    await expect.poll(async () => (await read()).html).not.toContain('not yet')
    const page = await read()
    expect(page.requests[0]?.summary).toContain(`GET / ${status} `)
    expect(page.text('errors')).toMatch(errors)
  })

  it('shows accepted WebSockets, HEAD and mounts', async () => {
    const accept: Application = ({ upgrade }) =>
      upgrade === undefined
        ? text('')
        : upgrade.accept(() => ({ closed: Promise.resolve(), stopping() {}, close() {} }))
    const web = start(() => stack(mount('/live', router({ '/:room': accept })))(() => text('')))
    await web.head('/live/1')
    await web.websocket('/live/2')
    const [socket, head] = (await DevtoolsPage.read(web)).requests
    expect(socket?.summary).toContain('GET /live/2 101 WebSocket')
    expect(head?.summary).toContain('HEAD /live/1 200')
    expect(head?.layers).toEqual(['mount', '  mount /live', '    * /:room'])
    expect(head?.keys).toContain('mount: scriptName replaced')
    expect(head?.html).toContain('<code>/live/:room</code>')
  })

  it('is not there for the page itself', async () => {
    const web = start(() => () => text(''))
    for (const path of ['/__tsgi', '/__tsgi/', '/__tsgi/devtools.css', '/__tsgi/nothing']) await web.get(path)
    await web.get('/__tsgi-not')
    const { requests } = await DevtoolsPage.read(web)
    expect(requests.map(({ summary }) => summary.split(' ')[2])).toEqual(['/__tsgi-not'])
  })
})
