import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { uwsgiProxy } from '@tsgi/uwsgi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engine, serve } from '../../test/serve.ts'
import { start } from '../../test/start.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-uwsgi-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Sends a request to a uwsgi server. */
const ask = (socket: string, path = '/') => client(uwsgiProxy({ socket })).get(path)

describe('serve on uwsgi addresses', () => {
  it('serves the same application over uwsgi and HTTP', async () => {
    const listen = [`uwsgi:${folder}/app.sock`, 'uwsgi://127.0.0.1:0', 'http://127.0.0.1:0']
    await using started = await start(({ gateway, pathInfo }) => text(`${gateway.name} ${pathInfo}`), {
      listen,
    })
    const [socket, port, url] = started.server.addresses
    expect(socket).toBe(`uwsgi:${folder}/app.sock`)
    expect(port).toMatch(/^uwsgi:\/\/127\.0\.0\.1:[1-9]\d*$/)
    expect(await (await ask(socket!, '/a')).text()).toBe('uwsgi /a')
    expect(await (await ask(port!, '/b')).text()).toBe('uwsgi /b')
    expect(await (await fetch(`${url}/c`)).text()).toBe(
      `${engine === 'node' ? 'node:http' : '@tsgi/http1'} /c`,
    )
  })

  it('applies the same limits and error log', async () => {
    const listen = 'uwsgi://127.0.0.1:0'
    const app = () => {
      throw new Error('broken')
    }
    await using started = await start(app, { listen, maxUrlLength: 10 })
    const [address] = started.server.addresses
    expect((await ask(address!, '/0123456789')).status).toBe(414)
    expect((await ask(address!)).status).toBe(500)
    expect(started.errors).toEqual([expect.objectContaining({ message: 'broken' })])
  })

  it('logs requests with their ids, as over HTTP', async () => {
    let log = ''
    const accessLogTo = { write: (line: string) => (log += line) }
    const listen = 'uwsgi://127.0.0.1:0'
    await using started = await start(() => text('teapot', { status: 418 }), {
      listen,
      accessLog: 'json',
      accessLogTo,
    })
    const socket = started.server.addresses[0]!
    const headers = { 'user-agent': 'a "client"', 'x-request-id': 'id-7' }
    const response = await client(uwsgiProxy({ socket })).get('/tea?cups=2', { headers })
    expect(await response.text()).toBe('teapot')
    expect(response.headers.get('x-request-id')).toBe('id-7')
    await expect.poll(() => log).not.toBe('')
    expect(JSON.parse(log)).toMatchObject({
      method: 'GET',
      url: '/tea?cups=2',
      status: 418,
      bytes: 6,
      aborted: false,
      requestId: 'id-7',
      userAgent: 'a "client"',
    })
  })

  it('applies requestTimeout', async () => {
    await using started = await start(() => new Promise(() => {}), {
      listen: 'uwsgi://127.0.0.1:0',
      requestTimeout: 50,
    })
    expect((await ask(started.server.addresses[0]!)).status).toBe(503)
  })

  it('finishes requests and promises passed to waitUntil when it closes', async () => {
    const steps: string[] = []
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    await using started = await start(
      async ({ waitUntil }) => {
        waitUntil(new Promise((resolve) => setTimeout(resolve, 60)).then(() => steps.push('task')))
        arrive()
        await new Promise((resolve) => setTimeout(resolve, 30))
        return json('finished')
      },
      { listen: 'uwsgi://127.0.0.1:0' },
    )
    const response = ask(started.server.addresses[0]!)
    await arrived
    await Promise.all([response, started.server.close()])
    expect(await (await response).json()).toBe('finished')
    expect(steps).toEqual(['task'])
  })

  it.each(['uwsgi:', 'uwsgi://127.0.0.1', 'uwsgi://:3031', `uwsgi:/${'x'.repeat(107)}`])(
    'rejects %s',
    async (listen) => {
      await expect(serve(() => text(''), { listen })).rejects.toThrow(/^serve: listen must be .*'uwsgi:PATH'/)
    },
  )
})
