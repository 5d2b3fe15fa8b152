import { json } from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args } from '../index.ts'

/** Parses a query with a schema. Returns the output, or the codes of the errors. */
async function parse(query: StandardSchemaV1, text: string): Promise<unknown> {
  const response = await client(args({ query })(({ args }) => json(args))).get(`/?${text}`)
  const body = (await response.json()) as { query: unknown; errors?: { code: string }[] }
  return body.errors ? body.errors.map(({ code }) => code) : body.query
}

describe('a key of a query or a form', () => {
  it('is a list if its schema is a list, however often it is sent', async () => {
    const schema = z.object({ tag: z.array(z.string()) })
    expect(await parse(schema, 'tag=a')).toEqual({ tag: ['a'] })
    expect(await parse(schema, 'tag=a&tag=b')).toEqual({ tag: ['a', 'b'] })
    expect(await parse(schema, '')).toEqual(['invalid_type'])
  })

  it('is a list if the schema of a list is wrapped in another', async () => {
    const list = z.array(z.string())
    const wrapped = {
      optional: list.optional(),
      nullable: list.nullable(),
      default: list.default([]),
      prefault: list.prefault([]),
      catch: list.catch([]),
      readonly: list.readonly(),
      refined: list.refine(() => true),
      transformed: list.transform((all) => all),
      piped: list.pipe(z.array(z.string())),
      preprocessed: z.preprocess((value) => value, list),
      lazy: z.lazy(() => list),
      tuple: z.tuple([z.string()]),
      unionOfLists: z.union([list, z.array(z.number())]),
      nested: z.lazy(() => list.optional().default([])).nullable(),
    }
    for (const [name, schema] of Object.entries(wrapped)) {
      expect([name, await parse(z.object({ tag: schema }), 'tag=a')]).toEqual([name, { tag: ['a'] }])
    }
  })

  it('is otherwise a single value that may not be repeated', async () => {
    const schema = z.object({ q: z.string() })
    expect(await parse(schema, 'q=a')).toEqual({ q: 'a' })
    expect(await parse(schema, 'q=a&q=b')).toEqual(['repeated'])
    expect(await parse(z.object({ q: z.string().transform((q) => q.split(',')) }), 'q=a,b')).toEqual({
      q: ['a', 'b'],
    })
    expect(await parse(z.unknown(), 'q=a&q=b')).toEqual(['repeated'])
  })

  it('is a single value or a list if the schema accepts both', async () => {
    const schema = z.object({ tag: z.union([z.string(), z.array(z.string())]) })
    expect(await parse(schema, 'tag=a')).toEqual({ tag: 'a' })
    expect(await parse(schema, 'tag=a&tag=b')).toEqual({ tag: ['a', 'b'] })
  })

  it.each([
    ['or null', z.array(z.string()).or(z.null())],
    ['or a literal', z.union([z.literal('all'), z.array(z.string())])],
    ['or a number', z.union([z.coerce.number(), z.array(z.string())])],
    ['or a short text', z.union([z.array(z.string()), z.string().min(9)])],
    ['or another list', z.array(z.coerce.number()).or(z.array(z.string()))],
    ['and another list', z.intersection(z.array(z.string()), z.array(z.string().max(3)))],
    ['in an intersection in a union', z.union([z.null(), z.array(z.string()).and(z.array(z.string()))])],
    [
      'of unions',
      z
        .array(z.union([z.coerce.number(), z.string()]))
        .or(z.literal('all'))
        .optional(),
    ],
    [
      'behind a function',
      z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(z.string())),
    ],
    ['behind any', z.any().pipe(z.array(z.string()))],
    ['that is custom', z.custom<string[]>((value) => Array.isArray(value))],
  ])('is a list if its schema is a list %s', async (_, tags) => {
    const schema = z.object({ tags, q: z.string().optional() })
    expect(await parse(schema, 'tags=a')).toEqual({ tags: ['a'] })
    expect(await parse(schema, 'tags=a&tags=b')).toEqual({ tags: ['a', 'b'] })
    expect(await parse(schema, 'tags=a&q=b')).toEqual({ tags: ['a'], q: 'b' })
  })

  it('is a single value if that is valid', async () => {
    const tags = z.union([z.literal('all'), z.array(z.enum(['a', 'b']))])
    const schema = z.object({ tags, more: tags.optional(), age: z.coerce.number().optional() })
    expect(await parse(schema, 'tags=all')).toEqual({ tags: 'all' })
    expect(await parse(schema, 'tags=all&more=a')).toEqual({ tags: 'all', more: ['a'] })
    expect(await parse(schema, 'tags=a&more=c')).toEqual(['invalid_union'])
    expect(await parse(schema, 'tags=a&age=x')).toEqual(['invalid_type'])
    expect(await parse(schema, 'tags=c&more=c&age=x')).toEqual([
      'invalid_union',
      'invalid_union',
      'invalid_type',
    ])
  })

  it('reports the errors of the single value if it is also invalid as a list', async () => {
    const tags = z.union([z.string().min(3), z.array(z.string().min(3))])
    const web = client(args({ query: z.object({ tags }) })(() => json('never')))
    const { errors } = await (await web.get('/?tags=a')).json()
    expect(errors).toMatchObject([
      { path: ['tags'], message: 'Too small: expected string to have >=3 characters' },
    ])
  })

  it('may be repeated if the schema ignores it', async () => {
    expect(await parse(z.object({ q: z.string() }), 'q=a&utm=1&utm=2')).toEqual({ q: 'a' })
    expect(await parse(z.strictObject({ q: z.string() }), 'q=a&utm=1&utm=2')).toEqual(['unrecognized_keys'])
  })

  it('can be validated by a schema for all other keys', async () => {
    expect(await parse(z.record(z.string(), z.array(z.string())), 'a=1&b=2&b=3')).toEqual({
      a: ['1'],
      b: ['2', '3'],
    })
    expect(await parse(z.record(z.string(), z.string()), 'a=1&a=2')).toEqual(['repeated'])
    expect(await parse(z.object({}).catchall(z.array(z.string())), 'a=1')).toEqual({ a: ['1'] })
  })

  it('can be declared in the members of a union or an intersection', async () => {
    const union = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('one'), a: z.string() }),
      z.object({ kind: z.literal('many'), a: z.array(z.string()), b: z.array(z.string()) }),
    ])
    expect(await parse(union, 'kind=one&a=1')).toEqual({ kind: 'one', a: '1' })
    expect(await parse(union, 'kind=many&a=1&a=2&b=3')).toEqual({ kind: 'many', a: ['1', '2'], b: ['3'] })
    const both = z.intersection(z.object({ a: z.string() }), z.object({ b: z.array(z.string()) }))
    expect(await parse(both, 'a=1&b=2')).toEqual({ a: '1', b: ['2'] })
  })

  it('may be empty if its schema allows it', async () => {
    const age = z
      .literal('')
      .transform(() => undefined)
      .or(z.coerce.number())
    expect(await parse(z.object({ age }), 'age=')).toEqual({})
    expect(await parse(z.object({ age }), 'age=7')).toEqual({ age: 7 })
    expect(await parse(z.object({ age }), 'age=x')).toEqual(['invalid_union'])
  })

  it('is plain data, whatever its name', async () => {
    const schema = z.looseObject({ constructor: z.string().optional(), toString: z.string().optional() })
    expect(await parse(schema, 'a=1')).toEqual({ a: '1' })
    expect(await parse(schema, 'constructor=x&hasOwnProperty=1')).toEqual({
      constructor: 'x',
      hasOwnProperty: '1',
    })
    expect(await parse(z.strictObject({}), '__proto__=x')).toEqual(['unrecognized_keys'])
    expect(await parse(z.looseObject({}), '__proto__=x&__proto__=y')).toEqual(['repeated'])
  })

  it('is decoded the way browsers encode it', async () => {
    expect(await parse(z.looseObject({}), 'a+b=%C3%A9+%26&c=100%&d')).toEqual({
      'a b': 'é &',
      c: '100%',
      d: '',
    })
  })
})
