import { describe, expect, it } from 'vitest'
import { type Application, handle, readBody, readChunks, text } from '../index.ts'
import { client, testEnviron } from '../testing.ts'

const echo: Application = async (environ) => text(new TextDecoder().decode(await readBody(environ, 10)))
const pieces = (...texts: string[]) =>
  new ReadableStream({
    start(controller) {
      for (const piece of texts) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })

describe('readBody', () => {
  it('reads the whole body, in one chunk or several, and nothing if there is none', async () => {
    const web = client(echo)
    expect(await (await web.post('/', { body: 'Hello' })).text()).toBe('Hello')
    expect(await (await web.post('/', { body: pieces('Hel', '', 'lo') })).text()).toBe('Hello')
    expect(await (await web.post('/')).text()).toBe('')
    expect(await (await web.get('/')).text()).toBe('')
  })

  it('throws 413 for more than its limit, with or without Content-Length', async () => {
    const web = client(echo)
    expect((await web.post('/', { body: '01234567890' })).status).toBe(413)
    expect((await web.post('/', { body: pieces('012345', '67890') })).status).toBe(413)
    expect((await web.post('/', { body: pieces('01234', '56789') })).status).toBe(200)
  })

  it('rejects a body that was read', async () => {
    const twice: Application = async (environ) => {
      await environ.request.text()
      return echo(environ)
    }
    const problems: unknown[] = []
    const errors = { write: (problem: unknown) => problems.push(problem) }
    const environ = testEnviron('/users', { method: 'POST', body: 'x' }, { errors })
    expect((await handle(twice, environ)).status).toBe(500)
    expect(problems).toEqual([new TypeError('The body of POST /users was read before')])
  })
})

describe('readChunks', () => {
  it('yields chunks as they arrive, and leaves the rest of a body that is too large', async () => {
    let cancelled = false
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(4)),
      cancel: () => {
        cancelled = true
      },
    })
    const sizes: number[] = []
    const application: Application = async (environ) => {
      for await (const chunk of readChunks(environ, 10)) sizes.push(chunk.byteLength)
      return text('unreachable')
    }
    expect((await client(application).post('/', { body: endless })).status).toBe(413)
    expect(sizes).toEqual([4, 4])
    expect(cancelled).toBe(false)
  })
})
