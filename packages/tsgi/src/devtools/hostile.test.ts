import { type Application, type Middleware, stack, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { DevtoolsPage } from '../../test/devtools-page.ts'
import { devtools } from './devtools.ts'

const revoked = Proxy.revocable({}, {})
revoked.revoke()

/** An application that was made after `devtools()`, without the checks of a client. */
function unlinted(createApplication: () => Application) {
  const application = devtools()(createApplication())
  return { application, page: () => DevtoolsPage.read(client(application)) }
}

const outer: Middleware = (app) => (environ) => app(environ)

describe('the devtools', () => {
  it('leave a request unchanged whose environ is a proxy that hides its keys', async () => {
    const hiding: Middleware = (app) => (environ) =>
      app(
        new Proxy(environ, {
          ownKeys() {
            throw new Error('no keys')
          },
        }),
      )
    const lying: Middleware = (app) => (environ) =>
      app(new Proxy(environ, { ownKeys: () => ['ghost'], getOwnPropertyDescriptor: () => undefined }))
    for (const proxied of [hiding, lying]) {
      const { application } = unlinted(() => stack(outer, proxied, outer)(() => text('Hello')))
      expect((await application(testEnviron('/'))).status).toBe(200)
    }
  })

  it('survive the end of a response with an error that throws when it is read', async () => {
    const unreadable = Object.defineProperty(new Error(), 'name', {
      get() {
        throw new Error('no name')
      },
    })
    for (const thrown of [revoked.proxy, unreadable]) {
      const { application, page } = unlinted(() => () => text(''))
      const exchange = testEnviron('/')
      const finished = Promise.resolve({ bytes: 0, aborted: true, error: thrown })
      await application(Object.create(exchange, { finished: { value: finished } }))
      await finished
      expect((await page()).requests[0]?.summary).toContain(' 200 ')
    }
  })

  it('cut off the names of layers', async () => {
    const application = devtools()(
      Object.defineProperty(() => text(''), 'name', { value: 'n'.repeat(100_000) }),
    )
    const web = client(application)
    await web.get('/')
    const { html } = await DevtoolsPage.read(web)
    expect(html).toContain('nnn…')
    expect(html.length).toBeLessThan(20_000)
  })

  it('pass on a report with an invalid request', async () => {
    const written: unknown[] = []
    const tools = devtools()
    const app = tools(({ errors }) => {
      errors.write('a text', null as never)
      return text('')
    })
    await client(app, { errors: { write: (problem) => written.push(problem) } }).get('/')
    expect(written).toEqual(['a text'])
  })
})
