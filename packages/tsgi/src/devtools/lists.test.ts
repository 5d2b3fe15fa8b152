import { type Application, extend, HttpError, html, type Middleware, stack, stream, text } from '@tsgi/core'
import { setErrorLog } from '@tsgi/core/gateway'
import { type Client, client } from '@tsgi/core/testing'
import { route, router } from '@tsgi/router'
import { describe, expect, it } from 'vitest'
import { DevtoolsPage } from '../../test/devtools-page.ts'
import { devtools } from './devtools.ts'

/** A client of an application that was made after `devtools()`. */
function start(createApplication: () => Application): Client {
  const tools = devtools()
  return client(tools(createApplication()), { errors: { write() {} } })
}

const outer: Middleware = (app) => (environ) => app(environ)
const noLog: Middleware = (app) => (environ) => {
  setErrorLog(environ, { write() {} })
  return app(environ)
}

describe('the errors on the page of the devtools', () => {
  it.each([['to the log of the gateway'], ['to another log', noLog]])(
    'are listed once when they are reported %s, with the layer that has thrown them',
    async (_, log = outer) => {
      const faulty: Middleware = (app) => async (environ) => {
        if (environ.pathInfo === '/early') throw new TypeError('too early', { cause: new Error('the cause') })
        return app(environ)
      }
      const web = start(() =>
        router(stack(log, outer, faulty), {
          '/early': () => text(''),
          '/late': () => {
            throw new RangeError('too late')
          },
          '/expected': () => {
            throw new HttpError(404, 'Not here.')
          },
        }),
      )
      for (const path of ['/early', '/late', '/expected']) await web.get(path)
      expect(web.errors).toHaveLength(log === noLog ? 0 : 2)
      const page = await DevtoolsPage.read(web)
      const errors = page.section('errors').split('<details').slice(1)
      expect(errors).toHaveLength(2)
      expect(errors[0]).toMatch(/RangeError: too late.*thrown by <b>\* \/late<\/b>/s)
      expect(errors[1]).toMatch(
        /TypeError: too early.*thrown by <b>faulty<\/b>.*Caused by: Error: the cause/s,
      )
      const [expected, late] = page.requests
      expect(expected?.layers.at(-1)).toContain('* /expected threw HttpError 404: Not here.')
      expect(late?.layers.filter((layer) => layer.includes('threw'))).toHaveLength(1)
    },
  )

  it('are listed if they are no errors, are reported as text, or happen after the head', async () => {
    const web = start(() =>
      router({
        '/text': ({ errors }) => {
          errors.write('first line')
          errors.write('second line')
          throw 'thrown text'
        },
        '/stream': () =>
          stream(
            (async function* () {
              yield 'a'
              throw new Error('too late to respond')
            })(),
          ),
        '/hostile': () => {
          const { proxy, revoke } = Proxy.revocable({}, {})
          revoke()
          throw proxy
        },
      }),
    )
    await web.get('/text')
    await web.get('/hostile')
    await (await web.get('/stream')).text().catch(() => {})
    const page = await DevtoolsPage.read(web)
    const errors = page.section('errors').split('<details').slice(1)
    const titles = errors.map((error) => /<b class="bad">(.*?)<\/b>/.exec(error)?.[1])
    expect(titles).toEqual([
      'Error: too late to respond',
      'TypeError: The application threw an object that throws when it is read, not an Error',
      'TypeError: The application threw &#34;thrown text&#34;, not an Error',
      'second line',
      'first line',
    ])
    expect(errors[2]).toContain('thrown by <b>* /text</b>')
  })
})

describe('the page of the devtools', () => {
  it('keeps the latest 50 requests and 20 errors, and 100 layers of a request', async () => {
    const again: Middleware = (app) => async (environ) => {
      for (let n = 0; n < 300; n++) await app(environ)
      return app(environ)
    }
    const web = start(() =>
      router({
        '/again': stack(again)(() => text('')),
        '/fails/:n': ({ params }) => {
          throw new Error(`failure ${params.n} ${'long '.repeat(10_000)}`)
        },
      }),
    )
    for (let n = 1; n <= 60; n++) await web.get(`/fails/${n}`)
    await web.get('/again')
    const page = await DevtoolsPage.read(web)
    expect(page.requests).toHaveLength(50)
    expect(page.requests[0]?.layers).toHaveLength(100)
    expect(page.requests[0]?.html).toContain('204 more calls of layers are not shown')
    expect(page.section('errors').match(/<details/g)).toHaveLength(20)
    expect(page.section('errors')).toContain('failure 60')
    expect(page.html.length).toBeLessThan(1_000_000)
  })

  it('escapes all that an application or a client can choose', async () => {
    const hostile = '<img src=x onerror="alert(1)">&\'`'
    const evil = { [hostile]: ((app) => (environ) => app(extend(environ, { [hostile]: 1 }))) as Middleware }
    const web = start(() =>
      stack(evil[hostile] as Middleware)(() => {
        throw new Error(hostile)
      }),
    )
    await web.request('GET', `/%3Cimg%3E"'<script>?${encodeURIComponent(hostile)}=1`)
    await web.request('<b>'.replace(/[<>]/g, '*'), '/')
    const { html } = await DevtoolsPage.read(web)
    expect(html).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#38;&#39;')
    expect(html).not.toMatch(/<img|<script>|onerror="/)
    expect(html.match(/<script/g)).toHaveLength(1)
  })

  it('lists the routes with their names and summaries, and explains an empty list', async () => {
    const search = route({ summary: 'Finds <users>' }, () => html(''))
    const users = () => text('')
    const web = start(() => router(outer, { '/search': { GET: search }, '/:id': { GET: users } }))
    const page = await DevtoolsPage.read(web)
    expect(page.text('routes')).toContain('GET /search Finds <users> GET /:id users')
    expect(page.text('requests')).toContain('No requests yet')
    expect((await DevtoolsPage.read(start(() => () => text('')))).text('routes')).toContain('lists no routes')
    const broken = () => {
      throw new Error('no list')
    }
    for (const routes of [broken, () => null, () => [{}], async () => []] as unknown[]) {
      const web = start(() => Object.assign(() => text(''), { routes }))
      expect((await DevtoolsPage.read(web)).text('routes')).toContain('The routes cannot be shown')
    }
  })

  it('shows which layer added each key of the environ', async () => {
    const user: Middleware<{ user: object }> = (app) => (environ) => app(extend(environ, { user: {} }))
    const web = start(() => router(user, { '/:id': () => text('') }))
    await web.get('/7')
    const shown = (await DevtoolsPage.read(web)).text('environ')
    expect(shown).toContain('Key Type Layer user object user params object router')
    expect(shown).toContain('keys of the contract: method scriptName pathInfo queryString')
    expect(shown).toContain('gateway route upgrade')
  })
})
