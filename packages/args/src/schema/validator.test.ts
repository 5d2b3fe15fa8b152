import { json, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args } from '../index.ts'
import type { Schema } from './schema.ts'

const name = z.string().refine(async (name) => name !== 'taken', 'is taken')

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
const checkedTree: z.ZodType<Tree> = z.lazy(() => z.object({ name, inside: z.array(checkedTree).optional() }))
/** Each time it is looked into there is another schema. */
const endless = (): z.ZodType<Tree> =>
  z.object({ name: z.string(), inside: z.array(z.lazy(endless)).optional() })

const waiting: readonly (readonly [string, Schema, unknown])[] = [
  ['itself', name, 'taken'],
  ['a member', z.object({ name }), { name: 'taken' }],
  ['members that are not named', z.object({}).catchall(name), { a: 'taken' }],
  ['an item', z.array(name), ['taken']],
  ['an item of a tuple', z.tuple([z.number(), name]), [1, 'taken']],
  ['the rest of a tuple', z.tuple([z.number()], name), [1, 'taken']],
  ['a value of a record', z.record(z.string(), name), { a: 'taken' }],
  ['an option', z.union([z.number(), name]), 'taken'],
  [
    'an option by a key',
    z.discriminatedUnion('is', [z.object({ is: z.literal('a'), name })]),
    { is: 'a', name: 'taken' },
  ],
  ['one of two', z.intersection(z.object({ a: z.number() }), z.object({ name })), { a: 1, name: 'taken' }],
  ['what may be absent', z.object({ name: name.optional() }), { name: 'taken' }],
  ['what may be null', name.nullable(), 'taken'],
  ['what has a default', name.default('free'), 'taken'],
  ['what is read-only', z.array(name).readonly(), ['taken']],
  ['the end of a pipe', z.string().trim().pipe(name), ' taken '],
  ['a function before it', z.preprocess((value) => value, name), 'taken'],
  [
    'a function after it',
    z
      .string()
      .transform(async (text) => `${text}n`)
      .pipe(z.literal('free')),
    'take',
  ],
  ['what names itself', checkedTree, { name: 'free', inside: [{ name: 'taken' }] }],
]

describe('a schema that waits', () => {
  it.each(waiting)('is waited for in %s', async (_, schema, value) => {
    const web = client(args({ body: z.object({ value: schema }) })(({ args }) => json(args.body)))
    const response = await web.post('/', { json: { value } })
    expect(response.status).toBe(422)
    expect(web.errors).toEqual([])
  })
})

describe('a schema that does not wait', () => {
  const search = z.object({
    q: z.string().trim().min(1).max(9),
    page: z.coerce.number().int().positive().default(1),
    sort: z.enum(['new', 'old']).optional(),
    mail: z.email().nullish(),
    tag: z.array(z.string().regex(/^\w+$/)).max(3).readonly().default([]),
  })

  it('is validated at once, so that a request without a body is answered without a promise', () => {
    const app = args({ query: search })(({ args }) => text(String(args.query.page)))
    expect(app(testEnviron('/?q=boats&page=2'))).toBeInstanceOf(Response)
  })

  it('says what is wrong as one that waits does', async () => {
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

  it.each([
    ['names itself', tree],
    ['makes another each time it is looked into', endless()],
  ])('may be one that %s', async (_, schema) => {
    const web = client(args({ body: schema })(({ args }) => json(args.body)))
    const value = { name: 'a', inside: [{ name: 'b', inside: [{ name: 'c' }] }] }
    expect(await (await web.post('/', { json: value })).json()).toEqual(value)
    expect((await web.post('/', { json: { name: 'a', inside: [{}] } })).status).toBe(422)
  })
})
