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
    ['/%61dmin', 'outside'],
    ['/Admin', 'outside'],
    ['//admin', 'outside'],
    ['/x/admin', 'outside'],
    ['/', 'outside'],
  ])('of /admin sees %s as %j', async (path, expected) => {
    expect(await seen(app, path)).toEqual(expected)
  })

  it('adds its prefix to that of the mount around it', async () => {
    const nested = mount('/a', mount('/b/c', divided)(divided))(outside)
    expect(await seen(nested, '/a/b/c/d')).toEqual(['/a/b/c', '/d'])
    expect(await seen(nested, '/a/b/x')).toEqual(['/a', '/b/x'])
    expect(await seen(nested, '/b/c')).toEqual('outside')
  })

  it('lets the first of two that match serve', async () => {
    const both = stack(
      mount('/a', () => text('first')),
      mount('/a', () => text('second')),
    )(outside)
    expect(await (await client(both).get('/a')).text()).toBe('first')
  })

  it('compares percent-encoded text', async () => {
    expect(await seen(mount('/%C3%BC', divided)(outside), '/ü/x')).toEqual(['/%C3%BC', '/x'])
  })

  it('leaves the environ outside unchanged, and its URL readable inside', async () => {
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

  it.each(['', 'admin', '/', '/admin/', '//'])('refuses the prefix %j', (prefix) => {
    expect(() => mount(prefix, divided)).toThrow(
      new TypeError(`mount: prefix must begin with '/' and not end with one, got '${prefix}'`),
    )
  })

  it.each(['/ü', '/a b', '/a?b', '/a#b', '/a\n'])(
    'refuses the prefix %j, which no path begins with',
    (prefix) => {
      expect(() => mount(prefix, divided)).toThrow(/^mount: prefix must be percent-encoded/)
    },
  )

  it('refuses what is no application at once', () => {
    expect(() => mount('/a', {} as Application)).toThrow(
      new TypeError('mount: app must be an application, got object'),
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
