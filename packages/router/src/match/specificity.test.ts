import { type Application, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { router } from '../index.ts'

/** Each list is in order of specificity, and all its patterns match the path. */
const orders: readonly (readonly [path: string, patterns: readonly string[]])[] = [
  [
    '/users/new',
    ['/users/new', '/users/n:x', '/users/:x', '/users/n*x', '/users/*x', '/:x/new', '/:x/:y', '/*x'],
  ],
  ['/v1-2', ['/v1-:x', '/v:x-2', '/v:x-:y', '/v:x', '/:x-2', '/:x-:y', '/:x', '/v*x', '/*x']],
  [
    '/a/b/c',
    ['/a/b/c', '/a/b/:x', '/a/b/*x', '/a/:x/c', '/a/:x/:y', '/a/:x/*y', '/a/*x/c', '/a/*x', '/:x/b/c', '/*x'],
  ],
  ['/x/edit', ['/:x/edit', '/:x/:y', '/:x/*y', '/*x/edit', '/*x/:y', '/*x/*y', '/*x']],
  ['/ab.htm', ['/a:x.htm', '/a:x', '/:x.htm', '/:x', '/ab*x', '/a*x.htm', '/a*x', '/*x.htm', '/*x']],
  ['/a', ['/a', '/:x', '/*x']],
]

describe('if several patterns match, the most specific one wins', () => {
  it.each(orders)('for %s, whatever the order of the table', async (path, patterns) => {
    for (const [index, winner] of patterns.entries()) {
      const left = patterns.slice(index)
      for (const table of [left, left.toReversed(), rotate(left)]) {
        expect(await ask(table, path)).toBe(winner)
      }
    }
  })

  it('compared by the form that matches, if a pattern has optional groups', async () => {
    expect(await ask(['/a{/:x}', '/:y', '/a/*z'], '/a')).toBe('/a{/:x}')
    expect(await ask(['/a{/:x}', '/:y', '/a/*z'], '/a/b')).toBe('/a{/:x}')
    expect(await ask(['/:y{/x}', '/a{/*z}'], '/a/x')).toBe('/a{/*z}')
    expect(await ask(['/:lang/about', '/{en/}*rest'], '/en/about')).toBe('/{en/}*rest')
  })

  it('and among several matching forms of one pattern, the one that path-to-regexp prefers', async () => {
    const app = router({ '/{:x}a{a}': ({ params }) => text(`x is ${params.x}`) })
    expect(await (await client(app).get('/aa')).text()).toBe('x is a')
    expect(await (await client(app).get('/a')).text()).toBe('x is undefined')
  })

  it('but only if it matches the path to its end', async () => {
    expect(await ask(['/a/b/c', '/:x/b', '/a/:y/d'], '/a/b')).toBe('/:x/b')
    expect(await ask(['/a/b/c', '/:x/b', '/a/:y/d'], '/a/b/d')).toBe('/a/:y/d')
    expect(await ask(['/a/b/c', '/a-:x/y', '/*rest'], '/a/b/d')).toBe('/*rest')
  })
})

async function ask(patterns: readonly string[], path: string): Promise<string> {
  const table = Object.fromEntries(
    patterns.map((pattern): [string, Application] => [pattern, () => text(pattern)]),
  )
  return (await client(router(table)).get(path)).text()
}

function rotate<Item>(items: readonly Item[]): Item[] {
  const middle = Math.ceil(items.length / 2)
  return [...items.slice(middle), ...items.slice(0, middle)]
}
