import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { lifecycle, stack, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { serve } from '../../test/serve.ts'
import { start } from '../../test/start.ts'
import { toNodeListener } from '../index.ts'

const listen = 'http://127.0.0.1:0'

/** A resource that records its start, its stop and its use. */
function recorder() {
  const steps: string[] = []
  const resources = lifecycle({
    pool: {
      start: () => {
        steps.push('start')
        return { query: (sql: string) => steps.push(sql) }
      },
      stop: () => steps.push('stop'),
    },
  })
  return { steps, resources }
}

describe('the option lifecycle of serve', () => {
  it('rejects after startTimeout if a resource never starts', async () => {
    const resources = lifecycle({ db: { start: () => new Promise<string>(() => {}) } }, { startTimeout: 50 })
    const starting = serve(
      stack(resources)(() => text('')),
      { listen, lifecycle: resources },
    )
    await expect(starting).rejects.toThrow("lifecycle: 'db' could not start: it took longer than 0.05 s")
  })

  it('starts the resources before the server listens, and stops them after the last response', async () => {
    const { steps, resources } = recorder()
    const app = stack(resources)(async ({ pool }) => {
      pool.query('first')
      await sleep(200)
      pool.query('last')
      return text('done')
    })
    const server = await serve(app, { listen, lifecycle: resources })
    expect(steps).toEqual(['start'])
    const response = fetch(server.addresses[0]!)
    while (steps.length < 2) await sleep(5)
    await server.close()
    expect(await (await response).text()).toBe('done')
    expect(steps).toEqual(['start', 'first', 'last', 'stop'])
  })

  it('waits for a request on the second of two addresses, which is IPv6', async () => {
    const { steps, resources } = recorder()
    const app = stack(resources)(async ({ pool }) => {
      pool.query('first')
      await sleep(200)
      pool.query('last')
      return text('done')
    })
    const server = await serve(app, { listen: [listen, 'http://[::1]:0'], lifecycle: resources })
    const response = fetch(server.addresses[1]!)
    while (steps.length < 2) await sleep(5)
    await server.close()
    expect(await (await response).text()).toBe('done')
    expect(steps).toEqual(['start', 'first', 'last', 'stop'])
  })

  it('does not listen if a resource cannot start', async () => {
    const { steps, resources } = recorder()
    const broken = resources.and({ queue: { start: () => Promise.reject(new Error('refused')) } })
    const started = serve(() => text(''), { listen, lifecycle: broken })
    await expect(started).rejects.toThrow("lifecycle: 'queue' could not start: refused")
    expect(steps).toEqual(['start', 'stop'])
  })

  it('stops the resources if the server cannot listen', async () => {
    const { steps, resources } = recorder()
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.on('listening', resolve))
    const { port } = other.address() as { port: number }
    const started = serve(() => text(''), { listen: `http://127.0.0.1:${port}`, lifecycle: resources })
    await expect(started).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(steps).toEqual(['start', 'stop'])
    other.close()
  })

  it('is reported once as missing if a request had to start resources, which stop with the server', async () => {
    const { steps, resources } = recorder()
    const { server, url, errors } = await start(stack(resources)(() => text('ok')))
    expect(await Promise.all([fetch(url), fetch(url)])).toMatchObject([{ status: 200 }, { status: 200 }])
    expect((await fetch(url)).status).toBe(200)
    expect(errors).toEqual([
      'serve: a request had to start pool: pass the option lifecycle to start resources before the server listens',
    ])
    await server.close()
    expect(steps).toEqual(['start', 'stop'])
  })

  it('stops the resources although a request was cut off after gracefulTimeout', async () => {
    const { steps, resources } = recorder()
    const app = stack(resources)(({ pool, signal }) => {
      pool.query('stuck')
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(text(''))))
    })
    const server = await serve(app, { listen, lifecycle: resources, gracefulTimeout: 50 })
    const response = fetch(server.addresses[0]!).catch(() => 'cut off')
    while (steps.length < 2) await sleep(5)
    await server.close()
    expect(await response).toBe('cut off')
    expect(steps).toEqual(['start', 'stuck', 'stop'])
  })
})

describe('toNodeListener', () => {
  it('starts the resources at the first request', async () => {
    const { steps, resources } = recorder()
    const listener = toNodeListener(stack(resources)(({ pool }) => text(String(pool.query('select')))))
    const server = createHttpServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    expect(steps).toEqual([])
    const { port } = server.address() as AddressInfo
    for (let n = 0; n < 2; n++) expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200)
    expect(steps).toEqual(['start', 'select', 'select'])
    await server[Symbol.asyncDispose]()
  })

  it('does not accept the option lifecycle, because it does not know when the server stops', () => {
    const { resources } = recorder()
    const options = { lifecycle: resources } as object
    expect(() => toNodeListener(() => text(''), options)).toThrow(
      "toNodeListener: unknown option 'lifecycle'",
    )
  })
})
