import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { router } from './index.ts'

const app = router({
  '/': () => text('home'),
  '/users/:id': () => text('user'),
  '/:name.:ext': () => text('file'),
  '/list{/:page}': () => text('list'),
  '/files/*path': () => text('path'),
  '/*anything': () => text('anything'),
  '/a b/:"na-me"': () => text('quoted'),
})

describe('href', () => {
  it('returns the path of a pattern, percent-encoded', () => {
    expect(app.href('/')).toBe('/')
    expect(app.href('/users/:id', { id: 'a/b c?#é' })).toBe('/users/a%2Fb%20c%3F%23%C3%A9')
    expect(app.href('/files/*path', { path: ['a b', 'c/d', ''] })).toBe('/files/a%20b/c%2Fd/')
    expect(app.href('/a b/:"na-me"', { 'na-me': '1' })).toBe('/a%20b/1')
  })

  it('leaves out an optional group if one of its parameters is missing', () => {
    expect(app.href('/list{/:page}')).toBe('/list')
    expect(app.href('/list{/:page}', {})).toBe('/list')
    expect(app.href('/list{/:page}', { page: '2' })).toBe('/list/2')
  })

  it('throws for an invalid parameter of an optional group, even if another one is missing', () => {
    const app = router({ '/list{/:page{-:end}}': () => text('list') })
    expect(app.href('/list{/:page{-:end}}', { end: '3' })).toBe('/list')
    expect(() => app.href('/list{/:page{-:end}}', { end: '' })).toThrow(TypeError)
  })

  it('returns paths that match the pattern again with the same params', async () => {
    let params: object = {}
    const shown = router({
      '/:first/a-:second/*rest': (environ) => {
        params = { ...environ.params }
        return text('')
      },
    })
    const web = client(shown)
    const part = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/^\.\.?$/.test(text))
    await fc.assert(
      fc.asyncProperty(part, part, fc.array(part, { minLength: 1 }), async (first, second, rest) => {
        const path = shown.href('/:first/a-:second/*rest', { first, second, rest })
        expect((await web.get(path)).status).toBe(200)
        expect(params).toEqual({ first, second, rest })
      }),
    )
  })

  it('throws if a parameter is missing or empty, or has the wrong type', () => {
    const href = app.href as (pattern: string, params?: unknown) => string
    expect(() => href('/users/:id')).toThrow(
      new TypeError("href: 'id' of '/users/:id' must be text that is not empty, got undefined"),
    )
    expect(() => href('/users/:id', { id: '\ud800' })).toThrow(TypeError)
    expect(() => href('/users/:id', { id: '' })).toThrow(TypeError)
    expect(() => href('/users/:id', { id: 7 })).toThrow(TypeError)
    expect(() => href('/users/:id', { id: ['7'] })).toThrow(TypeError)
    expect(() => href('/files/*path', { path: [] })).toThrow(TypeError)
    expect(() => href('/files/*path', { path: [''] })).toThrow(TypeError)
    expect(() => href('/files/*path', { path: 'a/b' })).toThrow(
      new TypeError(`href: 'path' of '/files/*path' must be a list of text that is not empty, got "a/b"`),
    )
  })

  it('throws if the pattern is not in the table', () => {
    const href = app.href as (pattern: string) => string
    expect(() => href('/none')).toThrow(new TypeError("href: there is no pattern '/none' in the table"))
    expect(() => href('__proto__')).toThrow(
      new TypeError("href: there is no pattern '__proto__' in the table"),
    )
  })

  it.each([['..'], ['.'], ['a', '..', 'b'], ['a', '.']])(
    "throws if a segment is '.' or '..', which URL parsers remove: %s",
    (...path) => {
      expect(() => app.href('/files/*path', { path })).toThrow(TypeError)
    },
  )

  it('accepts segments that merely contain dots', () => {
    expect(app.href('/files/*path', { path: ['...', '.a', 'a..'] })).toBe('/files/.../.a/a..')
    expect(() => app.href('/:name.:ext', { name: '.', ext: '.' })).not.toThrow()
  })

  it('throws if the path would name another host', () => {
    expect(() => app.href('/*anything', { anything: ['', 'evil.example'] })).toThrow(
      new TypeError(
        "href: '//evil.example' starts with '//', which browsers read as the name of another host",
      ),
    )
  })
})
