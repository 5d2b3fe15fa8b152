import { type Application, type Middleware, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { type RouterOptions, router } from './index.ts'

const app: Application = () => text('')
const unchanged: Middleware = (app) => app

describe('a route table', () => {
  it.each([
    ['/a/:x', '/a/:y'],
    ['/a/:x', '/a{/:y}'],
    ['/a{/b}', '/a/b'],
    ['/a{/b}', '/a{/:c}'],
    ['/*a', '/*b'],
    ['/:a-:b.html', '/:c-:d.html'],
    ['/*a/x', '/*b/x'],
    ['/é', '/%C3%A9'],
    ['/é', '/%c3%a9'],
    ['/n', '/%6e'],
    ['/~', '/%7E'],
    ['/a', '/\\a'],
  ])('throws if two patterns match the same paths: %s and %s', (one, other) => {
    const conflict = new TypeError(`router: '${one}' and '${other}' match the same paths`)
    expect(() => router({ [one]: app, [other]: app })).toThrow(conflict)
  })

  it('accepts two patterns if one has a reserved character, such as a slash, and the other its encoded form', () => {
    expect(() => router({ '/a/b': app, '/a%2Fb': app, '/a=': app, '/a%3D': app })).not.toThrow()
  })

  it.each([
    ['users', "router: 'users' must start with '/'"],
    ['', "router: '' must start with '/'"],
    ['GET /users', 'with and without its optional groups. Write the method inside: { GET: … }'],
    ['*', "router: invalid pattern: Missing parameter name at index 1: *. Give the wildcard a name: '*rest'"],
    ['/files/*', "Missing parameter name at index 8: /files/*. Give the wildcard a name: '*rest'"],
    ['/users/:id?', "Unexpected ? at index 10: /users/:id?. Write '{/:id}' for an optional segment"],
    ['{/:lang}', "router: '{/:lang}' must start with '/', with and without its optional groups"],
    [':all', "router: ':all' must start with '/'"],
    ['/:', 'router: invalid pattern: Missing parameter name at index 2: /:'],
    ['/a?', 'router: invalid pattern: Unexpected ?'],
    ['/(a)', 'router: invalid pattern: Unexpected ('],
    ['/:a:b', 'router: invalid pattern: Missing text before "b" param: /:a:b'],
    ['/{:a}{:b}', 'router: invalid pattern: Missing text before "b" param: /{:a}{:b}'],
    [`/${'{a}'.repeat(9)}`, 'router: invalid pattern: Too many path combinations'],
    ['/100%', "router: '/100%' contains invalid percent-encoding; write '%25' for a literal '%'"],
    ['/%ff/:x', "router: '/%ff/:x' contains invalid percent-encoding"],
  ])('throws if the pattern is invalid: %s', (pattern, message) => {
    expect(() => router({ [pattern]: app })).toThrow(TypeError)
    expect(() => router({ [pattern]: app })).toThrow(message)
  })

  it.each([
    [undefined, "router: '/a' must map to an application or an object of methods, got undefined"],
    [null, "router: '/a' must map to an application or an object of methods, got null"],
    ['text', 'router: \'/a\' must map to an application or an object of methods, got "text"'],
    [{}, "router: '/a' maps to an empty object"],
    [{ get: app }, "router: '/a' has 'get', which is not a method in upper case such as 'GET'"],
    [{ '*': app }, "router: '/a' has '*', which is not a method in upper case"],
    [{ GET: undefined }, "router: GET of '/a' must be an application, got undefined"],
    [{ GET: { GET: app } }, "router: GET of '/a' must be an application, got an instance of Object"],
  ])('throws if a pattern maps to %o', (value, message) => {
    expect(() => router({ '/a': value as unknown as Application })).toThrow(TypeError)
    expect(() => router({ '/a': value as unknown as Application })).toThrow(message)
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['table', '"table"'],
    [[app], 'an array'],
  ])('throws if the table is not an object: %o', (table, got) => {
    const error = new TypeError(`router: table must be an object whose keys are patterns, got ${got}`)
    expect(() => router(table as unknown as Record<string, Application>)).toThrow(error)
    expect(() => router(unchanged, table as unknown as Record<string, Application>)).toThrow(error)
  })

  it('throws if the fallback is not an application', () => {
    const options = { fallback: '404.html' } as unknown as RouterOptions
    expect(() => router({}, options)).toThrow(
      new TypeError('router: fallback must be an application, got "404.html"'),
    )
  })

  it('throws if an option is unknown', () => {
    const options = { fallBack: app } as RouterOptions
    expect(() => router({}, options)).toThrow(
      new TypeError("router: unknown option 'fallBack', did you mean 'fallback'?"),
    )
    expect(() => router(unchanged, {}, [] as RouterOptions)).toThrow(
      new TypeError('router: options must be an object, got an array'),
    )
  })
})
