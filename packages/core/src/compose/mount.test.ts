import { describe, expect, it } from 'vitest'
import {
  type Application,
  type Environ,
  extend,
  json,
  type Middleware,
  mount,
  stack,
  text,
} from '../index.ts'
import { client } from '../testing.ts'

const divided: Application = ({ scriptName, pathInfo }) => json([scriptName, pathInfo])
const outside: Application = () => json('outside')
const seen = async (app: Application, path: string) => (await client(app).get(path)).json()

describe('mount', () => {
  const app = mount('/admin', divided)(outside)

  it.each<[path: string, seen: unknown]>([
    ['/admin', ['/admin', '']],
    ['/admin/', ['/admin', '/']],
    ['/admin/users', ['/admin', '/users']],
    ['/admin//users', ['/admin', '//users']],
    ['/admin/a%2Fb%20c', ['/admin', '/a%2Fb%20c']],
    ['/admin?x=/admin/y', ['/admin', '']],
    ['/administrator', 'outside'],
    ['/admin%2Fusers', 'outside'],
    ['/%61dmin/%75sers', ['/admin', '/users']],
    ['/Admin', 'outside'],
    ['//admin', 'outside'],
    ['/x/admin', 'outside'],
    ['/', 'outside'],
  ])('of /admin sees %s as %j', async (path, expected) => {
    expect(await seen(app, path)).toEqual(expected)
  })

  it('adds its prefix to the one of the mount around it', async () => {
    const nested = mount('/a', mount('/b/c', divided)(divided))(outside)
    expect(await seen(nested, '/a/b/c/d')).toEqual(['/a/b/c', '/d'])
    expect(await seen(nested, '/a/b/x')).toEqual(['/a', '/b/x'])
    expect(await seen(nested, '/b/c')).toEqual('outside')
  })

  it('uses the first of two mounts that match', async () => {
    const both = stack(
      mount('/a', () => text('first')),
      mount('/a', () => text('second')),
    )(outside)
    expect(await (await client(both).get('/a')).text()).toBe('first')
  })

  it('compares normalized paths', async () => {
    for (const prefix of ['/%C3%BCber', '/%c3%bcber', '/%c3%bc%62er']) {
      const app = mount(prefix, divided)(outside)
      for (const path of ['/über/x', '/%c3%bcber/x', '/%C3%BC%62er/x']) {
        expect(await seen(app, path)).toEqual(['/%C3%BCber', '/x'])
      }
    }
  })

  it('does not change the environ outside, nor the URL of the request', async () => {
    let after: Environ | undefined
    const logger: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      after = environ
      return response
    }
    const inner: Application = (environ) => {
      extend(environ, { inside: true })
      return text(environ.request.url)
    }
    const response = await client(logger(mount('/a', inner)(outside))).get('/a/b?c')
    expect(await response.text()).toBe('http://localhost/a/b?c')
    expect(after).toMatchObject({ scriptName: '', pathInfo: '/a/b' })
    expect(after).not.toHaveProperty('inside')
  })

  it.each(['', 'admin', '/', '/admin/', '//'])('rejects the prefix %j', (prefix) => {
    expect(() => mount(prefix, divided)).toThrow(
      new TypeError(`mount: prefix must start with '/' and not end with '/', got "${prefix}"`),
    )
  })

  it.each(['/ü', '/a b', '/a?b', '/a#b', '/a\n'])(
    'rejects the prefix %j, which no path starts with',
    (prefix) => {
      expect(() => mount(prefix, divided)).toThrow(/^mount: prefix must be percent-encoded/)
    },
  )

  it('rejects what is not an application', () => {
    expect(() => mount('/a', {} as Application)).toThrow(
      new TypeError('mount: app must be an application, got an instance of Object'),
    )
  })

  it('lists the routes of both applications, except those that the prefix hides', () => {
    const table = (...patterns: string[]): Application =>
      Object.assign(() => text(''), {
        routes: () => patterns.map((pattern) => ({ pattern, method: 'GET', application: outside })),
      })
    const patternsOf = (app: Application) =>
      (app as Application & { routes(): { pattern: string }[] }).routes().map(({ pattern }) => pattern)
    expect(patternsOf(mount('/admin', table('/', '/:id'))(table('/', '/about')))).toEqual([
      '/admin',
      '/admin/:id',
      '/',
      '/about',
    ])
    expect(patternsOf(mount('/a', outside)(table('/', '/a', '/a/:id', '/ab')))).toEqual([
      '/a{/*rest}',
      '/',
      '/ab',
    ])
    expect(patternsOf(mount('/a:b(c)*', table('/x'))(outside))).toEqual(['/a\\:b\\(c\\)\\*/x'])
  })
})
