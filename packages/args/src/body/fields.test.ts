import { json } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args } from '../args.ts'
import type { Schema } from '../schema/schema.ts'

/** What a query becomes under a schema: the output, or the codes of what is wrong. */
async function parse(query: Schema, text: string): Promise<unknown> {
  const response = await client(args({ query })(({ args }) => json(args))).get(`/?${text}`)
  const body = (await response.json()) as { query: unknown; errors?: { code: string }[] }
  return body.errors ? body.errors.map(({ code }) => code) : body.query
}

describe('a key of a query or a form', () => {
  it('is an array where the schema has one, however often it was given', async () => {
    const schema = z.object({ tag: z.array(z.string()) })
    expect(await parse(schema, 'tag=a')).toEqual({ tag: ['a'] })
    expect(await parse(schema, 'tag=a&tag=b')).toEqual({ tag: ['a', 'b'] })
    expect(await parse(schema, '')).toEqual(['invalid_type'])
  })

  it('is an array where the schema of one is wrapped', async () => {
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

  it('is one value everywhere else, and may not be repeated', async () => {
    const schema = z.object({ q: z.string() })
    expect(await parse(schema, 'q=a')).toEqual({ q: 'a' })
    expect(await parse(schema, 'q=a&q=b')).toEqual(['repeated'])
    expect(await parse(z.object({ q: z.string().transform((q) => q.split(',')) }), 'q=a,b')).toEqual({
      q: ['a', 'b'],
    })
    expect(await parse(z.unknown(), 'q=a&q=b')).toEqual(['repeated'])
  })

  it('is either where the schema takes either', async () => {
    const schema = z.object({ tag: z.union([z.string(), z.array(z.string())]) })
    expect(await parse(schema, 'tag=a')).toEqual({ tag: 'a' })
    expect(await parse(schema, 'tag=a&tag=b')).toEqual({ tag: ['a', 'b'] })
  })

  it('may be repeated where the schema takes no notice of it', async () => {
    expect(await parse(z.object({ q: z.string() }), 'q=a&utm=1&utm=2')).toEqual({ q: 'a' })
    expect(await parse(z.strictObject({ q: z.string() }), 'q=a&utm=1&utm=2')).toEqual(['unrecognized_keys'])
  })

  it('follows the schema of other keys', async () => {
    expect(await parse(z.record(z.string(), z.array(z.string())), 'a=1&b=2&b=3')).toEqual({
      a: ['1'],
      b: ['2', '3'],
    })
    expect(await parse(z.record(z.string(), z.string()), 'a=1&a=2')).toEqual(['repeated'])
    expect(await parse(z.object({}).catchall(z.array(z.string())), 'a=1')).toEqual({ a: ['1'] })
  })

  it('follows each member of a union or an intersection', async () => {
    const union = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('one'), a: z.string() }),
      z.object({ kind: z.literal('many'), a: z.array(z.string()), b: z.array(z.string()) }),
    ])
    expect(await parse(union, 'kind=one&a=1')).toEqual({ kind: 'one', a: '1' })
    expect(await parse(union, 'kind=many&a=1&a=2&b=3')).toEqual({ kind: 'many', a: ['1', '2'], b: ['3'] })
    const both = z.intersection(z.object({ a: z.string() }), z.object({ b: z.array(z.string()) }))
    expect(await parse(both, 'a=1&b=2')).toEqual({ a: '1', b: ['2'] })
  })

  it('may be empty where its schema says what that is', async () => {
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

  it('is decoded as browsers encode it', async () => {
    expect(await parse(z.looseObject({}), 'a+b=%C3%A9+%26&c=100%&d')).toEqual({
      'a b': 'é &',
      c: '100%',
      d: '',
    })
  })
})
