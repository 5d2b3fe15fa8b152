import { type Application, json, type Middleware, withPath } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { match } from 'path-to-regexp'
import { describe, expect, it } from 'vitest'
import { router } from '../index.ts'

/** A generated pattern. Its structure is known, so that the expected result does not depend on the code under test. */
type Part =
  | { readonly kind: 'text' | 'param' | 'wildcard'; readonly value: string }
  | { readonly kind: 'group'; readonly parts: readonly Part[] }
type Flat = readonly Exclude<Part, { kind: 'group' }>[]

const text = fc
  .array(fc.constantFrom('a', 'b', '-', '.', '/', '/', 'é', ' '), { minLength: 1, maxLength: 3 })
  .map((letters): Part => ({ kind: 'text', value: letters.join('') }))
// Includes names that are not identifiers.
const names = ['p', 'q', 'na-me', '__proto__', 'constructor', 'r', 's', 't']
const key = fc.record({
  kind: fc.constantFrom('param', 'param', 'wildcard'),
  value: fc.constantFrom(...names),
})
// path-to-regexp requires text before each parameter.
const pieces: fc.Arbitrary<readonly Part[]> = fc
  .tuple(text, fc.option(key))
  .map(([text, key]) => (key === null ? [text] : [text, key]))
const parts = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: pieces },
      { weight: 1, arbitrary: fc.tuple(pieces, pieces).map((both): readonly Part[] => [group(both.flat())]) },
      {
        weight: 1,
        arbitrary: fc.tuple(pieces, pieces).map(([a, b]): readonly Part[] => [group([...a, group(b)])]),
      },
      {
        weight: 1,
        arbitrary: key.map((key): readonly Part[] => [{ kind: 'text', value: '/' }, group([key])]),
      },
    ),
    { maxLength: 4 },
  )
  .map((all): readonly Part[] => [{ kind: 'text', value: '/' }, ...all.flat()])
  .filter((parts) => isPattern(write(parts)))

const values = fc
  .array(fc.constantFrom('a', 'b', '-', '.', '%20', '%C3%A9', '/', '//', 'b-', 'a/b', '%2F'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((letters) => letters.join(''))

/** A path that may match the pattern: one of its forms with arbitrary values for the parameters, and sometimes a suffix. */
function pathOf(parts: readonly Part[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...formsOf(parts)),
      fc.array(values, { minLength: 8, maxLength: 8 }),
      fc.constantFrom('', '', '', '', '/', 'a', '/b', '%', '%ff'),
    )
    .map(([form, values, end]) => {
      let index = 0
      return (
        form.map((part) => (part.kind === 'text' ? encode(part.value) : values[index++ % 8])).join('') + end
      )
    })
}
const anyPath = fc
  .array(fc.constantFrom('a', 'b', '-', '.', '/', '%20', '%C3%A9'), { maxLength: 8 })
  .map((letters) => `/${letters.join('')}`)

describe('the router and path-to-regexp', { timeout: 60_000 }, () => {
  it('agree on which paths a pattern matches, and with which parameters', async () => {
    const cases = parts.chain((parts) =>
      fc.record({
        parts: fc.constant(parts),
        paths: fc.array(fc.oneof(pathOf(parts), anyPath), { minLength: 8, maxLength: 8 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ({ parts, paths }) => {
        const pattern = write(parts)
        for (const path of paths) expect(await ask([pattern], path)).toEqual(expectedAnswer(pattern, path))
      }),
      { numRuns: 400 },
    )
  })

  it('agree on the patterns of a whole table, and the most specific match wins in any order', async () => {
    const cases = fc.array(parts, { minLength: 2, maxLength: 6 }).chain((tables) =>
      fc.record({
        tables: fc.constant(tables),
        paths: fc.array(fc.oneof(...tables.map(pathOf), anyPath), { minLength: 8, maxLength: 8 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ({ tables, paths }) => {
        const patterns = tables.map(write)
        fc.pre(!overlap(tables))
        for (const path of paths) {
          const best = tables
            .flatMap((parts) => formsOf(parts).map((form) => ({ pattern: write(parts), form })))
            .filter(({ form }) => decodes(path) && matches(write(form), path) !== false)
            .sort((a, b) => compare(a.form, b.form))[0]
          const expected = expectedAnswer(best?.pattern, path)
          expect(await ask(patterns, path)).toEqual(expected)
          expect(await ask(patterns.toReversed(), path)).toEqual(expected)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('the router rejects two patterns if and only if they share a form, whatever their parameters are called', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(write(one) !== write(other))
        const make = () => router({ [write(one)]: () => json(1), [write(other)]: () => json(2) })
        if (overlap([one, other]))
          expect(make).toThrow(`router: '${write(one)}' and '${write(other)}' match the same paths`)
        else expect(make).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })
})

/** Returns what a router with these patterns responds for a path. */
async function ask(patterns: readonly string[], path: string): Promise<unknown> {
  const at: Middleware = (app) => (environ) => app(withPath(environ, { scriptName: '', pathInfo: path }))
  const table = Object.fromEntries(
    patterns.map((pattern): [string, Application<{ params: object }>] => [
      pattern,
      ({ params }) => json({ pattern, params: Object.entries(params) }),
    ]),
  )
  const response = await client(router(at, table)).get('/')
  return response.ok ? response.json() : response.status
}

function expectedAnswer(pattern: string | undefined, path: string): unknown {
  if (!decodes(path)) return 400
  const found = pattern === undefined ? false : matches(pattern, path)
  return found === false ? 404 : { pattern, params: Object.entries(found.params) }
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

function matches(pattern: string, path: string) {
  return match(pattern, { sensitive: true, trailing: false, encodePath: encode })(path)
}

function isPattern(pattern: string): boolean {
  try {
    match(pattern)
    return true
  } catch {
    return false
  }
}

function group(parts: readonly Part[]): Part {
  return { kind: 'group', parts }
}

function write(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'group') return `{${write(part.parts)}}`
      return part.kind === 'text' ? part.value : `${part.kind === 'param' ? ':' : '*'}"${part.value}"`
    })
    .join('')
}

function encode(text: string): string {
  return text.replaceAll(' ', '%20').replaceAll('é', '%C3%A9')
}

function formsOf([first, ...rest]: readonly Part[]): Flat[] {
  if (first === undefined) return [[]]
  const ends = formsOf(rest)
  if (first.kind !== 'group') return ends.map((end) => [first, ...end])
  return [...formsOf(first.parts).flatMap((form) => ends.map((end) => [...form, ...end])), ...ends]
}

function overlap(patterns: readonly (readonly Part[])[]): boolean {
  const shapes = patterns.map((parts) => formsOf(parts).map(shape))
  return shapes.some((one, index) =>
    shapes.slice(index + 1).some((other) => one.some((each) => other.includes(each))),
  )
}

function shape(form: Flat): string {
  return form
    .map((part) => (part.kind === 'text' ? encode(part.value) : part.kind === 'param' ? ':' : '*'))
    .join('')
}

/** The order of specificity as documented in README.md. */
function compare(one: Flat, other: Flat): number {
  const [a, b] = [shape(one).split('/'), shape(other).split('/')]
  for (let index = 1; index < Math.max(a.length, b.length); index++) {
    const [x = '', y = ''] = [a[index], b[index]]
    if (x === y && !x.includes('*')) continue
    const kinds = kind(x) - kind(y)
    if (kinds !== 0 || kind(x) === 0) return kinds
    const [p, q] = kind(x) === 3 ? [a.slice(index).join('/'), b.slice(index).join('/')] : [x, y]
    if (p === q) continue
    return (
      q.search(/[:*]/) - p.search(/[:*]/) ||
      q.replace(/[:*]/g, '').length - p.replace(/[:*]/g, '').length ||
      // A parameter sorts before a wildcard, and both before any text.
      (p.replaceAll(':', '\0').replaceAll('*', '\u0001') < q.replaceAll(':', '\0').replaceAll('*', '\u0001')
        ? -1
        : 1)
    )
  }
  return 0
}

function kind(segment: string): number {
  if (segment.includes('*')) return 3
  if (segment === ':') return 2
  return segment.includes(':') ? 1 : 0
}
