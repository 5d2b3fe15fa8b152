import { type Application, type Middleware, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { type RouterOptions, router } from './router.ts'

const app: Application = () => text('')
const unchanged: Middleware = (app) => app

describe('a table', () => {
  it.each([
    ['/a/:x', '/a/:y'],
    ['/a/:x', '/a{/:y}'],
    ['/a{/b}', '/a/b'],
    ['/a{/b}', '/a{/:c}'],
    ['/*a', '/*b'],
    ['/:a-:b.html', '/:c-:d.html'],
    ['/*a/x', '/*b/x'],
    ['/é', '/%C3%A9'],
    ['/a', '/\\a'],
  ])('is refused where two patterns match the same paths: %s and %s', (one, other) => {
    const refused = new TypeError(`router: '${one}' and '${other}' match the same paths`)
    expect(() => router({ [one]: app, [other]: app })).toThrow(refused)
  })

  it.each([
    ['users', "router: 'users' must begin with '/'"],
    ['', "router: '' must begin with '/'"],
    ['*', 'Missing parameter name'],
    ['{/:lang}', "router: '{/:lang}' must begin with '/', with and without its optional groups"],
    [':all', "router: ':all' must begin with '/'"],
    ['/:', 'Missing parameter name'],
    ['/a?', 'Unexpected ?'],
    ['/(a)', 'Unexpected ('],
    ['/:a:b', 'Missing text before "b" param: /:a:b'],
    ['/{:a}{:b}', 'Missing text before "b" param: /{:a}{:b}'],
    [`/${'{a}'.repeat(9)}`, 'Too many path combinations'],
    ['/100%', "router: '/100%' has a '%' that encodes no character"],
    ['/%ff/:x', "router: '/%ff/:x' has a '%' that encodes no character"],
  ])('is refused where %s is no pattern', (pattern, message) => {
    expect(() => router({ [pattern]: app })).toThrow(TypeError)
    expect(() => router({ [pattern]: app })).toThrow(message)
  })

  it.each([
    [undefined, "router: '/a' must have an application, or an object of methods"],
    [null, "router: '/a' must have an application, or an object of methods"],
    ['text', "router: '/a' must have an application, or an object of methods"],
    [{}, "router: '/a' must have an application, or an object of methods"],
    [{ get: app }, "router: '/a' has 'get', which is no method: methods are in upper case"],
    [{ '*': app }, "router: '/a' has '*', which is no method"],
    [{ GET: undefined }, "router: GET of '/a' must be an application"],
    [{ GET: { GET: app } }, "router: GET of '/a' must be an application"],
  ])('is refused where a pattern has %o', (value, message) => {
    expect(() => router({ '/a': value as unknown as Application })).toThrow(TypeError)
    expect(() => router({ '/a': value as unknown as Application })).toThrow(message)
  })

  it.each([undefined, null, 'table', [app]])('must be an object: %o is refused', (table) => {
    const wrong = new TypeError('router: table must be an object whose keys are patterns')
    expect(() => router(table as unknown as Record<string, Application>)).toThrow(wrong)
    expect(() => router(unchanged, table as unknown as Record<string, Application>)).toThrow(wrong)
  })

  it('has a fallback that is an application', () => {
    const wrong = { fallback: '404.html' } as unknown as RouterOptions
    expect(() => router({}, wrong)).toThrow(new TypeError('router: fallback must be an application'))
  })
})
