import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json, lint, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { toNodeListener } from '../index.ts'

async function listening(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** Changes a request as Connect and Express do before they call a mounted handler. */
function mountedAt(prefix: string, inner: RequestListener): RequestListener {
  return (incoming: IncomingMessage & { originalUrl?: string }, outgoing) => {
    incoming.originalUrl = incoming.url!
    const rest = incoming.url!.slice(prefix.length)
    incoming.url = rest.startsWith('/') ? rest : `/${rest}`
    outgoing.setHeader('X-Powered-By', 'Mounter')
    inner(incoming, outgoing)
  }
}

const app = lint(({ scriptName, pathInfo, queryString, request }) =>
  json({
    scriptName,
    pathInfo,
    queryString,
    path: new URL(request.url).pathname + new URL(request.url).search,
  }),
)

describe('toNodeListener', () => {
  it('works with any Node server, with bodies', async () => {
    await using server = await listening(
      toNodeListener(lint(async ({ request }) => text(await request.text()))),
    )
    expect(await (await fetch(server.url, { method: 'POST', body: 'Hello' })).text()).toBe('Hello')
    expect((await fetch(server.url, { method: 'HEAD' })).headers.get('content-length')).toBe('0')
  })

  it('turns the prefix of a mount into scriptName', async () => {
    await using server = await listening(mountedAt('/sub', toNodeListener(app)))
    for (const [path, scriptName, pathInfo, queryString] of [
      ['/sub/a/b?x=1', '/sub', '/a/b', 'x=1'],
      ['/sub', '/sub', '', ''],
      ['/sub?x', '/sub', '', 'x'],
      ['/sub/', '/sub', '/', ''],
      ['/sub//', '/sub', '//', ''],
    ]) {
      const response = await fetch(server.url + path)
      expect(response.headers.get('x-powered-by')).toBe('Mounter')
      expect(await response.json()).toEqual({ scriptName, pathInfo, queryString, path })
    }
  })

  it('uses a rewritten path that is not part of the original one', async () => {
    await using server = await listening((incoming, outgoing) => {
      Object.assign(incoming, { originalUrl: incoming.url, url: '/rewritten?y' })
      toNodeListener(app)(incoming, outgoing)
    })
    expect(await (await fetch(`${server.url}/a?x`)).json()).toEqual({
      scriptName: '',
      pathInfo: '/rewritten',
      queryString: 'y',
      path: '/rewritten?y',
    })
  })

  it("ignores further arguments, such as Express's next", async () => {
    const listener = toNodeListener(lint(() => text('Hello'))) as (...args: unknown[]) => void
    await using server = await listening((incoming, outgoing) => listener(incoming, outgoing, () => {}))
    expect(await (await fetch(server.url)).text()).toBe('Hello')
  })

  it('applies its own limits', async () => {
    await using server = await listening(toNodeListener(app, { maxUrlLength: 10 }))
    expect((await fetch(`${server.url}/0123456789`)).status).toBe(414)
  })
})
