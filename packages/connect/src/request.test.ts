import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { extend, HttpError, json, type Middleware, mount, stack, text, withPath } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import express from 'express'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { hello, quiet, received, serving } from '../test/helpers.ts'
import { type ConnectRequest, connect } from './index.ts'

describe('the request', () => {
  it("has the properties of Node's request", async () => {
    const request = await received('https://example.org:8443/a%20b?x=1', {
      headers: { 'x-a': 'b', cookie: 'c=d' },
    })
    expect(request).toMatchObject({
      method: 'GET',
      url: '/a%20b?x=1',
      originalUrl: '/a%20b?x=1',
      httpVersion: '1.1',
      httpVersionMajor: 1,
      httpVersionMinor: 1,
      headers: { host: 'example.org:8443', 'x-a': 'b', cookie: 'c=d' },
    })
    expect(request.socket).toMatchObject({ remoteAddress: '192.0.2.1', encrypted: true })
    expect(request.rawHeaders).toContain('x-a')
  })

  it('streams the body', async () => {
    const echo = connect<{ text: string }>((req, _, next) => {
      let text = ''
      req.setEncoding('utf8')
      req.on('data', (chunk) => {
        text += chunk
      })
      req.on('end', () => {
        Object.assign(req, { text })
        next()
      })
    })
    const web = client(echo(({ connect }) => json([connect.req.text, connect.req.complete])))
    expect(await (await web.post('/', { body: 'body' })).json()).toEqual(['body', true])
    const chunks = new ReadableStream({
      start(controller) {
        for (const chunk of ['bo', '', 'dy']) controller.enqueue(new TextEncoder().encode(chunk))
        controller.close()
      },
    })
    expect(await (await web.post('/', { body: chunks })).json()).toEqual(['body', true])
    expect(await (await web.post('/')).json()).toEqual(['', true])
    expect(await (await web.get('/')).json()).toEqual(['', true])
  })

  it('has Transfer-Encoding if there is a body without Content-Length', async () => {
    expect((await received('/', { body: 'x' }, 'POST')).headers['transfer-encoding']).toBe('chunked')
    const measured = await received('/', { body: 'x', headers: { 'content-length': '1' } }, 'POST')
    expect(measured.headers).not.toHaveProperty('transfer-encoding')
    expect((await received('/', {}, 'POST')).headers).not.toHaveProperty('transfer-encoding')
  })

  it('has no Content-Length or Transfer-Encoding for GET and HEAD, which have no body', async () => {
    const headers = { 'content-length': '5', 'content-type': 'application/json' }
    for (const method of ['GET', 'HEAD']) {
      const request = await received('/', { headers }, method)
      expect(request.headers).toEqual({ host: 'localhost', 'content-type': 'application/json' })
      expect(request.rawHeaders).not.toContain('content-length')
    }
  })

  it('is complete if it has no body', async () => {
    expect((await received('/')).complete).toBe(true)
  })

  it('has the headers exactly as the client sent them, over HTTP/1', async () => {
    let seen: unknown
    const app = connect((req, res) => {
      seen = [req.rawHeaders, req.headers['x-twice'], req.headersDistinct['x-twice']]
      res.end()
    })(hello)
    await serving(app, async (url) => {
      const sent = request(url, { headers: { Host: 'example.org', 'X-Twice': ['a, b', 'c'] } })
      sent.end()
      await once(sent, 'response')
    })
    expect(seen).toEqual([
      expect.arrayContaining(['Host', 'example.org', 'X-Twice', 'a, b', 'X-Twice', 'c']),
      'a, b, c',
      ['a, b', 'c'],
    ])
  })

  it('lacks the headers that outer middleware has removed', async () => {
    const strip: Middleware = (app) => (environ) => {
      environ.headers.delete('x-user')
      return app(environ)
    }
    let raw: string[] = []
    const app = strip(
      connect((req, res) => {
        raw = req.rawHeaders
        res.end()
      })(hello),
    )
    await serving(app, async (url) =>
      (await fetch(url, { headers: { 'x-user': 'root', 'x-other': '1' } })).text(),
    )
    expect(raw).toContain('x-other')
    expect(raw).not.toContain('x-user')
  })

  it('fails if outer middleware has read the body', async () => {
    const greedy: Middleware = (app) => async (environ) => {
      await environ.request.text()
      return app(environ)
    }
    const web = client(greedy(connect(express.json())(hello)), quiet)
    const response = await web.post('/', {
      body: '{}',
      headers: { 'content-type': 'application/json', 'content-length': '2' },
    })
    expect(response.status).toBe(500)
    expect(web.errors).toMatchObject([
      { message: 'The request body was read before it reached the middleware' },
    ])
  })

  it('fails the response if the body fails and nobody listens for the error', async () => {
    const failing = new ReadableStream({
      pull() {
        throw new HttpError(413, 'Too large.')
      },
    })
    const response = await client(connect((req) => void req.resume())(hello)).post('/', { body: failing })
    expect(response.status).toBe(413)
  })

  it('emits an error if the body fails', async () => {
    const failing = new ReadableStream({
      pull() {
        throw new Error('cut off')
      },
    })
    const app = connect((req, _, next) => {
      req.on('error', next)
      req.resume()
    })(hello)
    const web = client(app, quiet)
    expect((await web.post('/', { body: failing })).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'cut off' }])
  })

  it('leaves the body to the application if the middleware does not read it', async () => {
    const app = connect((_req, _, next) => next())(async ({ request }) => text(await request.text()))
    expect(await (await client(app).post('/', { body: 'body' })).text()).toBe('body')
  })

  it("has the path without the mount's prefix in url, and the whole path in originalUrl", async () => {
    const urls: unknown[] = []
    const look = connect((req, _, next) => {
      urls.push([req.url, (req as ConnectRequest).originalUrl])
      next()
    })
    const after = connect((req, res, next) => {
      res.on('finish', () => urls.push(['finish', req.url]))
      next()
    })
    const app = stack(after, look, mount('/in', look(hello)))(hello)
    for (const path of ['/in/side?x', '/in?x']) await (await client(app).get(path)).text()
    expect(urls).toEqual([
      ['/in/side?x', '/in/side?x'],
      ['/side?x', '/in/side?x'],
      ['finish', '/in/side?x'],
      ['/in?x', '/in?x'],
      ['/?x', '/in?x'],
      ['finish', '/in?x'],
    ])
  })

  it('has the URL * for OPTIONS *', async () => {
    const environ = withPath(testEnviron('/', { method: 'OPTIONS' }), { scriptName: '', pathInfo: '' })
    let request: IncomingMessage | undefined
    await connect((req, res) => {
      request = req
      res.end()
    })(hello)(environ)
    expect(request).toMatchObject({ url: '*', originalUrl: '*' })
  })

  it('is created again if other middleware provides a key with the same name', async () => {
    const other: Middleware<{ connect: unknown }> = (app) => (environ) =>
      app(extend(environ, { connect: { req: {} } }))
    const app = other(connect((_req, _res, next) => next())(({ connect }) => text(connect.req.method!)))
    expect(await (await client(app).get('/')).text()).toBe('GET')
  })

  it('is shared by all layers of a stack, with the properties that each layer adds in its type', async () => {
    const requests = new Set<object>()
    const add = <Added extends object>(added: Added) =>
      connect<Added>((req, _, next) => {
        requests.add(req)
        Object.assign(req, added)
        next()
      })
    const web = stack(add({ user: 'Ada' }), add({ visits: 7 }))
    const app = web(({ connect: { req } }) => {
      expectTypeOf(req.user).toEqualTypeOf<string>()
      expectTypeOf(req.visits).toEqualTypeOf<number>()
      expectTypeOf(req.originalUrl).toEqualTypeOf<string>()
      // @ts-expect-error nothing adds it
      req.session
      requests.add(req)
      return json([req.user, req.visits])
    })
    expect(await (await client(app).get('/')).json()).toEqual(['Ada', 7])
    expect(requests.size).toBe(1)
    // @ts-expect-error 'connect' is missing
    client(({ connect }: { connect: { req: ConnectRequest<{ user: string }> } }) => text(connect.req.user))
  })
})
