/** A TSGI application inside other servers, through `toNodeListener`. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import middie from '@fastify/middie'
import { type Application, HttpError, json, lint, stream, text } from '@tsgi/core'
import { toNodeListener } from '@tsgi/server'
import express from 'express'
import Fastify from 'fastify'
import { createServer as createVite } from 'vite'
import { describe, expect, it } from 'vitest'

const left: string[] = []
const application: Application = lint(async ({ scriptName, pathInfo, queryString, request, signal }) => {
  if (pathInfo === '/missing') throw new HttpError(404, 'Not here.')
  if (pathInfo === '/stream') return stream(['one ', 'two'])
  if (pathInfo === '/endless') {
    signal.addEventListener('abort', () => left.push('left'))
    return stream(endless())
  }
  const body = await request.text()
  return json({ scriptName, pathInfo, queryString, path: new URL(request.url).pathname, body })
})

async function* endless() {
  yield 'first'
  await new Promise(() => {})
}

/** Checks what an application must be able to do in every host, mounted at `prefix`. */
async function exercise(origin: string, prefix: string): Promise<void> {
  const url = origin + prefix
  const get = await fetch(`${url}/a%20b?x=%20y`)
  const seen = { scriptName: prefix, pathInfo: '/a%20b', queryString: 'x=%20y', path: `${prefix}/a%20b` }
  expect(await get.json()).toEqual({ ...seen, body: '' })
  const body = 'x'.repeat(300_000)
  const post = await fetch(`${url}/a%20b?x=%20y`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  expect(await post.json()).toEqual({ ...seen, body })
  const missing = await fetch(`${url}/missing`)
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  expect(await (await fetch(`${url}/stream`)).text()).toBe('one two')
  const head = await fetch(`${url}/stream`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  left.length = 0
  const reader = (await fetch(`${url}/endless`)).body!.getReader()
  await reader.read()
  await reader.cancel()
  await expect.poll(() => left).toEqual(['left'])
}

async function listening<T>(listener: RequestListener, use: (origin: string) => Promise<T>): Promise<T> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('an application can be mounted', () => {
  const listener = toNodeListener(application)

  it('in Express, at its root and under a prefix', async () => {
    const app = express()
    app.get('/express', (_req, res) => {
      res.send('from Express')
    })
    app.use('/mounted', listener)
    app.use(listener)
    await listening(app, async (origin) => {
      expect(await (await fetch(`${origin}/express`)).text()).toBe('from Express')
      await exercise(origin, '/mounted')
      await exercise(origin, '')
      const bare = await fetch(`${origin}/mounted`)
      expect(await bare.json()).toMatchObject({ scriptName: '/mounted', pathInfo: '' })
    })
  })

  it('in a router of Express inside a router', async () => {
    const [outer, inner] = [express.Router(), express.Router()]
    inner.use('/inner', listener)
    outer.use('/outer', inner)
    await listening(express().use(outer), (origin) => exercise(origin, '/outer/inner'))
  })

  it('in Fastify as middleware, at its root and under a prefix', async () => {
    const app = Fastify()
    await app.register(middie)
    app.get('/fastify', async () => 'from Fastify')
    app.use('/mounted', listener)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
    try {
      expect(await (await fetch(`${origin}/fastify`)).text()).toBe('from Fastify')
      await exercise(origin, '/mounted')
    } finally {
      app.server.closeAllConnections()
      await app.close()
    }
  })

  it('in Fastify as a route that does not parse the body', async () => {
    const app = Fastify()
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.all('/*', (request, reply) => {
      reply.hijack()
      listener(request.raw, reply.raw)
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    try {
      await exercise(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, '')
    } finally {
      app.server.closeAllConnections()
      await app.close()
    }
  })

  it('in Vite’s development server, after the files of Vite', async () => {
    const vite = await createVite({
      configFile: false,
      root: join(import.meta.dirname, '../test/vite'),
      logLevel: 'silent',
      appType: 'custom',
      server: { middlewareMode: true, hmr: false, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true },
    })
    vite.middlewares.use('/mounted', listener)
    vite.middlewares.use(listener)
    try {
      await listening(vite.middlewares, async (origin) => {
        const script = await fetch(`${origin}/main.ts`)
        expect(script.headers.get('content-type')).toContain('text/javascript')
        expect(await script.text()).toContain('greeting = "Hello"')
        await exercise(origin, '/mounted')
        await exercise(origin, '')
      })
    } finally {
      await vite.close()
    }
  })

  it('next to other applications in one server', async () => {
    const other = toNodeListener(() => text('other'))
    const pick: RequestListener = (req, res) => (req.url === '/other' ? other : listener)(req, res)
    await listening(pick, async (origin) => {
      expect(await (await fetch(`${origin}/other`)).text()).toBe('other')
      await exercise(origin, '')
    })
  })
})
