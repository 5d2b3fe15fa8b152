/** The environ of PEP 3333. The table in the README names these tests. */
import { extend, type Middleware, toFetch } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answering, environOf } from '../../test/wsgi.ts'
import type { WsgiEnviron } from '../contract/types.ts'
import { wsgi } from './wsgi.ts'

describe('the environ', () => {
  it('has the variables of CGI', async () => {
    const { CONTENT_TYPE, CONTENT_LENGTH, ...environ } = await environOf('/a%20b/%C3%A9?x=%20y', {
      headers: { 'x-multi': 'one, two', cookie: 'a=1' },
    })
    expect(environ).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/a b/\u00c3\u00a9',
      QUERY_STRING: 'x=%20y',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: '127.0.0.1',
      HTTP_X_MULTI: 'one, two',
      HTTP_COOKIE: 'a=1',
      HTTP_HOST: 'localhost',
    })
    expect([CONTENT_TYPE, CONTENT_LENGTH]).toEqual([undefined, undefined])
  })

  it('has CONTENT_TYPE and CONTENT_LENGTH without HTTP_', async () => {
    let environ: WsgiEnviron | undefined
    const app = answering((given) => {
      environ = given
      return []
    })
    await client(wsgi(app)).post('/', { headers: { 'content-length': '2' }, json: {} })
    expect(environ).toMatchObject({ CONTENT_TYPE: 'application/json', CONTENT_LENGTH: '2' })
    expect(Object.keys(environ!)).not.toContain('HTTP_CONTENT_TYPE')
    expect(Object.keys(environ!)).not.toContain('HTTP_CONTENT_LENGTH')
  })

  it('leaves out variables that the gateway does not know', async () => {
    let environ: WsgiEnviron | undefined
    const app = answering((given) => {
      environ = given
      return []
    })
    await toFetch(wsgi(app))(new Request('http://localhost/'))
    expect(environ).not.toHaveProperty('REMOTE_ADDR')
  })

  it('always has a server name and port', async () => {
    const server = async (url: string) => {
      const { SERVER_NAME, SERVER_PORT, HTTPS } = await environOf(url)
      return [SERVER_NAME, SERVER_PORT, HTTPS]
    }
    expect(await server('http://example.org:8080/')).toEqual(['example.org', '8080', undefined])
    expect(await server('http://example.org/')).toEqual(['example.org', '80', undefined])
    expect(await server('https://example.org/')).toEqual(['example.org', '443', 'on'])
    expect(await server('https://[::1]:1/')).toEqual(['[::1]', '1', 'on'])
  })

  it('contains only latin1 strings, whatever the client sends', async () => {
    const web = client(
      wsgi(
        answering((environ) => {
          for (const [key, value] of Object.entries(environ)) {
            if (!key.includes('.')) expect(value, key).toMatch(/^[\0-\xff]*$/)
          }
          return []
        }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), fc.string(), async (path, query, text) => {
        const value = encodeURIComponent(text.toWellFormed())
        const response = await web.get(`/${value}${path}?${query}`, { headers: { 'x-text': value } })
        expect(response.status).toBe(200)
      }),
      { numRuns: 200 },
    )
  })

  it('has the variables of WSGI', async () => {
    const environ = await environOf('https://localhost/')
    expect(environ).toMatchObject({
      'wsgi.version': [1, 0],
      'wsgi.url_scheme': 'https',
      'wsgi.multithread': true,
      'wsgi.multiprocess': false,
      'wsgi.run_once': false,
    })
    for (const method of ['read', 'readline', 'readlines'] as const) {
      expect(environ['wsgi.input'][method]).toBeTypeOf('function')
    }
    expect(environ['wsgi.input'][Symbol.asyncIterator]).toBeTypeOf('function')
    for (const method of ['write', 'writelines', 'flush'] as const) {
      expect(environ['wsgi.errors'][method]).toBeTypeOf('function')
    }
  })

  it('has the keys of outer middleware under prefixed names', async () => {
    const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
    let environ: WsgiEnviron | undefined
    await client(
      user(
        wsgi(
          answering((given) => {
            environ = given
            return []
          }),
        ),
      ),
    ).get('/')
    expect(environ!['tsgi.user']).toBe('Ada')
    expect(environ!['tsgi.signal']).toBeInstanceOf(AbortSignal)
    expect(environ!['tsgi.wait_until']).toBeTypeOf('function')
    const own = Object.keys(environ!).filter((key) => key.startsWith('tsgi.'))
    expect(own.sort()).toEqual(['tsgi.signal', 'tsgi.user', 'tsgi.wait_until'])
  })

  it('leaves out headers that could be mistaken for others', async () => {
    const environ = await environOf('/', {
      headers: { x_user: 'root', proxy: 'http://evil', 'x-user': 'me' },
    })
    expect(environ.HTTP_X_USER).toBe('me')
    expect(environ.HTTP_PROXY).toBeUndefined()
  })
})
