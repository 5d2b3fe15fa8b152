import { json, text } from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import { client } from '@tsgi/core/testing'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { args, openapi } from '../index.ts'

const quiet = { errors: { write() {} } }
const toNumber = v.pipe(v.string(), v.transform(Number), v.number())

describe.each<[string, StandardSchemaV1<unknown, { q: string; tag: string[]; page: number }>]>([
  ['zod', z.object({ q: z.string(), tag: z.array(z.string()), page: z.coerce.number() })],
  ['zod/mini', mini.object({ q: mini.string(), tag: mini.array(mini.string()), page: mini.coerce.number() })],
  ['valibot', v.object({ q: v.string(), tag: v.array(v.string()), page: toNumber })],
  [
    'valibot with JSON Schema',
    toStandardJsonSchema(v.object({ q: v.string(), tag: v.array(v.string()), page: toNumber })),
  ],
  ['arktype', type({ q: 'string', tag: 'string[]', page: 'string.numeric.parse' })],
])('a schema of %s', (_, query) => {
  it('validates a query with lists', async () => {
    const web = client(args({ query })(({ args }) => json(args.query)))
    expect(await (await web.get('/?q=a&tag=b&page=2')).json()).toEqual({ q: 'a', tag: ['b'], page: 2 })
    expect(await (await web.get('/?q=a&tag=b&tag=c&page=2')).json()).toMatchObject({ tag: ['b', 'c'] })
    const invalid = await web.get('/?tag=b&page=x')
    expect(invalid.status).toBe(422)
    const { errors } = await invalid.json()
    expect(errors).toEqual(
      expect.arrayContaining([
        { in: 'query', path: ['q'], code: expect.any(String), message: expect.any(String) },
        { in: 'query', path: ['page'], code: expect.any(String), message: expect.any(String) },
      ]),
    )
    expect((await web.get('/?q=a&q=b&tag=c&page=2')).status).toBe(422)
  })

  it('validates a JSON body and a form', async () => {
    const web = client(args({ body: query })(({ args }) => json(args.body)))
    const sent = { q: 'a', tag: ['b'], page: '2' }
    expect(await (await web.post('/', { json: sent })).json()).toEqual({ q: 'a', tag: ['b'], page: 2 })
    expect(await (await web.post('/', { form: sent })).json()).toEqual({ q: 'a', tag: ['b'], page: 2 })
    expect((await web.post('/', { json: [] })).status).toBe(422)
  })
})

describe('a schema of another library', () => {
  it('determines the types in the environ', () => {
    args({ query: v.object({ page: toNumber }), body: type({ name: 'string' }) })(({ args }) => {
      expectTypeOf(args.query).toEqualTypeOf<{ page: number }>()
      expectTypeOf(args.body).toEqualTypeOf<{ name: string }>()
      return text('')
    })
  })

  it('has the errors of the members of a union', async () => {
    const web = client(args({ body: v.object({ a: v.union([v.string(), v.number()]) }) })(() => text('')))
    const { errors } = await (await web.post('/', { json: { a: true } })).json()
    expect(errors).toMatchObject([
      { path: ['a'], code: 'union', alternatives: [[{ code: 'string' }], [{ code: 'number' }]] },
    ])
  })

  it('is described in OpenAPI if it implements Standard JSON Schema', () => {
    const schemas = [
      type({ name: 'string' }),
      toStandardJsonSchema(v.object({ name: v.string() })),
      v.object({ name: v.string() }),
    ]
    const document = openapi(
      {
        routes: () =>
          schemas.map((schema, index) => ({
            pattern: `/${index}`,
            method: 'GET',
            application: args({ responses: { 200: schema } })(() => text('')),
          })),
      },
      { title: 'Test', version: '1.0.0' },
    )
    const described = Object.values(document.paths).map(
      ({ get }) => get?.responses['200']?.content?.['application/json']?.schema,
    )
    const json = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    expect(described).toEqual([json, json, {}])
  })

  it('is rejected if it requires a value that cannot be sent', () => {
    expect(() => args({ query: type({ page: 'number' }) })).toThrow('args: query.page expects number')
    const page = toStandardJsonSchema(v.object({ page: v.number() }))
    expect(() => args({ query: page })).toThrow('args: query.page expects number')
  })
})

describe('an asynchronous schema', () => {
  const rejections: unknown[] = []
  const note = (reason: unknown) => rejections.push(reason)
  beforeEach(() => void process.on('unhandledRejection', note))
  afterEach(() => void process.off('unhandledRejection', note))

  it('is awaited', async () => {
    const Free = z.string().refine(async (name) => Promise.resolve(name !== 'taken'), 'is taken')
    const web = client(args({ query: z.object({ name: Free }) })(({ args }) => text(args.query.name)))
    expect(await (await web.get('/?name=free')).text()).toBe('free')
    expect(await (await web.get('/?name=taken')).json()).toMatchObject({ errors: [{ message: 'is taken' }] })
  })

  it.each([
    ['zod', (check: () => Promise<boolean>) => z.object({ name: z.string().refine(check) })],
    ['zod/mini', (check) => mini.object({ name: mini.string().check(mini.refine(check)) })],
    ['valibot', (check) => v.objectAsync({ name: v.pipeAsync(v.string(), v.checkAsync(check)) })],
  ] satisfies [string, (check: () => Promise<boolean>) => StandardSchemaV1][])(
    'of %s runs its check once, and reports an error that it throws',
    async (_, schema) => {
      let calls = 0
      const body = schema(async () => {
        calls++
        throw new Error('no database')
      })
      const web = client(
        args({ body })(() => text('')),
        quiet,
      )
      expect((await web.post('/', { json: { name: 'a' } })).status).toBe(500)
      expect(web.errors).toEqual([new Error('no database')])
      expect(calls).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      expect(rejections).toEqual([])
    },
  )
})

describe('an asynchronous check of zod', () => {
  const name = z.string().refine(async (name) => name !== 'taken', 'is taken')
  interface Tree {
    readonly name: string
    readonly inside?: readonly Tree[] | undefined
  }
  const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name, inside: z.array(tree).optional() }))

  it.each<[string, z.ZodType, unknown]>([
    ['the schema itself', name, 'taken'],
    ['a property', z.object({ name }), { name: 'taken' }],
    ['other properties', z.object({}).catchall(name), { a: 'taken' }],
    ['an item', z.array(name), ['taken']],
    ['an item of a tuple', z.tuple([z.number(), name]), [1, 'taken']],
    ['the rest of a tuple', z.tuple([z.number()], name), [1, 'taken']],
    ['a value of a record', z.record(z.string(), name), { a: 'taken' }],
    ['a member of a union', z.union([z.number(), name]), 'taken'],
    [
      'a member of a discriminated union',
      z.discriminatedUnion('is', [z.object({ is: z.literal('a'), name })]),
      { is: 'a', name: 'taken' },
    ],
    [
      'a member of an intersection',
      z.intersection(z.object({ a: z.number() }), z.object({ name })),
      { a: 1, name: 'taken' },
    ],
    ['an optional schema', z.object({ name: name.optional() }), { name: 'taken' }],
    ['a nullable schema', name.nullable(), 'taken'],
    ['a schema with a default', name.default('free'), 'taken'],
    ['a read-only schema', z.array(name).readonly(), ['taken']],
    ['a schema with a further check', name.min(2).trim(), 'taken'],
    ['the end of a pipe', z.string().trim().pipe(name), ' taken '],
    ['the middle of a pipe', z.string().pipe(name).pipe(z.string()), 'taken'],
    ['the beginning of a pipe', name.transform((text) => text), 'taken'],
    ['a schema behind a function', z.preprocess((value) => value, name), 'taken'],
    [
      'a transformation',
      z
        .string()
        .transform(async (text) => `${text}n`)
        .pipe(z.literal('free')),
      'take',
    ],
    ['a codec', z.codec(z.string(), name, { decode: async (text) => text, encode: (text) => text }), 'taken'],
    [
      'a checked property',
      z.array(z.string()).check(
        z.property(
          'length',
          z.number().refine(async () => false),
        ),
      ),
      [],
    ],
    ['a schema that refers to itself', tree, { name: 'free', inside: [{ name: 'taken' }] }],
  ])('is awaited in %s', async (_, schema, value) => {
    const web = client(args({ body: z.object({ value: schema }) })(({ args }) => json(args.body)))
    const response = await web.post('/', { json: { value } })
    expect(response.status).toBe(422)
    expect(web.errors).toEqual([])
  })

  it('reports the same errors as a synchronous one', async () => {
    const search = z.object({
      q: z.string().trim().min(1).max(9),
      page: z.coerce.number().int().positive().default(1),
      sort: z.enum(['new', 'old']).optional(),
      mail: z.email().nullish(),
      tag: z.array(z.string().regex(/^\w+$/)).max(3).readonly().default([]),
    })
    const slow = search.refine(async () => true)
    for (const query of ['', 'q=', 'q=0123456789&page=x', 'q=a&page=-1&sort=up&mail=me', 'q=a&tag=a&tag=-']) {
      const [one, other] = await Promise.all(
        [search, slow].map((schema) =>
          client(args({ query: schema })(({ args }) => json(args.query))).get(`/?${query}`),
        ),
      )
      expect(await one!.json()).toEqual(await other!.json())
      expect(one!.status).toBe(422)
    }
  })
})

describe('a schema that refers to itself', () => {
  interface Tree {
    readonly name: string
    readonly inside?: readonly Tree[] | undefined
  }
  const tree: z.ZodType<Tree> = z.object({
    name: z.string(),
    get inside() {
      return z.array(tree).optional()
    },
  })
  const lazyTree: z.ZodType<Tree> = z.lazy(() =>
    z.object({ name: z.string(), inside: z.array(lazyTree).optional() }),
  )

  it.each([
    ['a getter', tree],
    ['z.lazy', lazyTree],
  ])('validates by %s', async (_, body) => {
    const web = client(args({ body, responses: { 200: body } })(({ args }) => json(args.body)))
    const value = { name: 'a', inside: [{ name: 'b', inside: [{ name: 'c' }] }] }
    expect(await (await web.post('/', { json: value })).json()).toEqual(value)
    expect((await web.post('/', { json: { name: 'a', inside: [{}] } })).status).toBe(422)
    const form = await web.post('/', { form: { name: 'a' } })
    expect(await form.json()).toEqual({ name: 'a' })
  })
})
