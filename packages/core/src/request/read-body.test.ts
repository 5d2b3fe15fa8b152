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
  it('gives the whole body, in one piece or several, and nothing where there is none', async () => {
    const web = client(echo)
    expect(await (await web.post('/', { body: 'Hello' })).text()).toBe('Hello')
    expect(await (await web.post('/', { body: pieces('Hel', '', 'lo') })).text()).toBe('Hello')
    expect(await (await web.post('/')).text()).toBe('')
    expect(await (await web.get('/')).text()).toBe('')
  })

  it('answers 413 to more than its limit, said beforehand or not', async () => {
    const web = client(echo)
    expect((await web.post('/', { body: '01234567890' })).status).toBe(413)
    expect((await web.post('/', { body: pieces('012345', '67890') })).status).toBe(413)
    expect((await web.post('/', { body: pieces('01234', '56789') })).status).toBe(200)
  })

  it('refuses to read what was read', async () => {
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
  it('gives what comes as it comes, and leaves what is too much', async () => {
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
