import { cookies } from '@tsgi/cookies'
import { type Application, json, type Middleware, stack, text } from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import { client } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { Stage } from '../../test/stage.ts'
import type { SessionOptions } from '../options.ts'
import { session } from '../session.ts'
import type { Session } from '../session-type.ts'
import { memoryStore } from '../stores/memory/memory.ts'
import type { SessionSchema } from './schema.ts'

const secrets = 'a secret for tests of 32 characters'
const Item = z.object({ id: z.string(), tags: z.array(z.string()).optional() })

/** Returns a stage whose sessions have the schema. */
function stageOf(schema: object, store = memoryStore()): Stage {
  return new Stage({
    secrets,
    store,
    schema: schema as SessionSchema,
  } as SessionOptions)
}

describe('a session with a schema', () => {
  it('has the keys and types of its schema', async () => {
    const web = stack(cookies(), session({ secrets, schema: { user: z.string(), cart: z.array(Item) } }))
    const app = web(({ session }) => {
      expectTypeOf(session).toEqualTypeOf<Session<{ user: string; cart: z.infer<typeof Item>[] }>>()
      expectTypeOf(session.get('user')).toEqualTypeOf<string | undefined>()
      session.set('user', 'ada')
      const cart = session.update('cart', (cart = []) => [...cart, { id: 'tea', tags: ['green'] }])
      expectTypeOf(cart![0]!.tags).toEqualTypeOf<readonly string[] | undefined>()
      // @ts-expect-error no such key
      expect(() => session.get('nobody')).toThrow(TypeError)
      // @ts-expect-error another type
      expect(() => session.set('user', 7)).toThrow(TypeError)
      // @ts-expect-error returned values are read-only
      expect(() => cart?.push({ id: 'milk' })).toThrow(TypeError)
      return json(session.get('cart'))
    })
    const response = await client(app).get('/')
    expect(await response.json()).toEqual([{ id: 'tea', tags: ['green'] }])
  })

  it('can be typed without a schema, and is then not checked at run time', async () => {
    const web = stack(cookies(), session<{ user: string; count: number }>({ secrets }))
    const app = web(({ session }) => {
      expectTypeOf(session.get('count')).toEqualTypeOf<number | undefined>()
      // @ts-expect-error no such key
      session.get('nobody')
      // @ts-expect-error another type
      session.set('user', 7)
      return json(session.get('user'))
    })
    expect(await (await client(app).get('/')).json()).toBe(7)
  })

  it('has any keys and unknown values if it has no types', async () => {
    const web = stack(cookies(), session({ secrets }))
    const app = web(({ session }) => {
      expectTypeOf(session).toEqualTypeOf<Session>()
      expectTypeOf(session.get('anything')).toEqualTypeOf<unknown>()
      return text('')
    })
    expect((await client(app).get('/')).status).toBe(200)
  })

  it('can be used by a middleware that names only some of its keys', async () => {
    const counter: Middleware<object, { session: Session<{ count: number }> }> = (app) => (environ) => {
      environ.session.update('count', (count = 0) => count + 1)
      return app(environ)
    }
    const app: Application<{ session: Session<{ count: number; user: string }> }> = ({ session }) =>
      json(session.get('count'))
    const web = stack(cookies(), session<{ count: number; user: string }>({ secrets }), counter)
    expect(await (await client(web(app)).get('/')).json()).toBe(1)
    // @ts-expect-error the session has no key 'count'
    stack(cookies(), session<{ user: string }>({ secrets }), counter)
  })

  it('can only have types that JSON can represent', () => {
    interface User {
      readonly name: string
      readonly friends?: readonly User[]
    }
    session<{ user: User; pair: [string, number]; anything: unknown; maybe: string | null }>({ secrets })
    session({ secrets, schema: { json: z.json(), optional: z.object({ at: z.iso.datetime().optional() }) } })
    // @ts-expect-error 'not JSON: store date.toISOString()'
    session<{ at: Date }>({ secrets })
    // @ts-expect-error 'not JSON: store Object.fromEntries(map)'
    session<{ user: string; sizes: Map<string, number> }>({ secrets })
    // @ts-expect-error 'not JSON: store [...set]'
    session<{ tags: Set<string> }>({ secrets })
    // @ts-expect-error 'not JSON: store String(bigint)'
    session<{ list: { id: bigint }[] }>({ secrets })
    // @ts-expect-error 'not JSON': it has methods
    session<{ link: URL }>({ secrets })
    // @ts-expect-error 'not JSON'
    session<{ later: Promise<string>; bytes: Uint8Array; fn: () => void }>({ secrets })
    // @ts-expect-error 'not JSON: store date.toISOString()'
    session({ secrets, schema: { user: z.string(), at: z.coerce.date() } })
    // @ts-expect-error 'not JSON: store date.toISOString()'
    session({ secrets, schema: { visit: z.object({ at: z.date() }) } })
  })

  it('rejects invalid keys and values, naming the key and the reason', async () => {
    const stage = stageOf({ user: z.string().min(2), odd: z.number() })
    const messages = await stage.once(undefined, (session) =>
      [
        () => session.set('user', 'a'),
        () => session.update('odd', () => 'text'),
        () => session.set('nobody', 1),
        () => session.get('__proto__'),
        () => session.delete('constructor'),
        () => session.has('toString'),
        () => session.get(7 as unknown as string),
      ].map((work) => {
        try {
          return work()
        } catch (error) {
          return String(error)
        }
      }),
    )
    expect(messages.result).toEqual([
      expect.stringMatching(/^TypeError: session: user does not match its schema: .*2/),
      expect.stringMatching(/^TypeError: session: odd does not match its schema: .*number/),
      'TypeError: session: the schema has no key "nobody"',
      'TypeError: session: the schema has no key "__proto__"',
      'TypeError: session: the schema has no key "constructor"',
      'TypeError: session: the schema has no key "toString"',
      'TypeError: session: a key must be text, got number',
    ])
    expect(messages.id).toBeUndefined()
  })

  it('ignores stored values that no longer match, and keeps keys that the schema does not have', async () => {
    const store = memoryStore()
    const before = stageOf({ user: z.string(), count: z.string() }, store)
    const { id } = await before.once(undefined, (session) => {
      session.set('user', 'ada')
      session.set('count', 'seven')
    })
    const after = stageOf({ count: z.number() }, store)
    const work = (session: Session) => [
      session.get('count'),
      session.has('count'),
      session.update('count', (count = 1) => count),
    ]
    expect((await after.once(id, work)).result).toEqual([undefined, false, 1])
    expect((await after.once(id, work)).result).toEqual([1, true, 1])
    expect((await before.once(id, (session) => session.get('user'))).result).toBe('ada')
  })

  it('stores the output of the schema', async () => {
    const { '~standard': standard } = z.object({ id: z.coerce.string(), size: z.number().default(1) })
    const stage = stageOf({ item: { '~standard': standard } })
    const { id } = await stage.once(undefined, (session) => session.set('item', { id: 7, more: true }))
    expect((await stage.once(id, (session) => session.get('item'))).result).toEqual({ id: '7', size: 1 })
  })

  it('rejects schemas that cannot read their own output, or are asynchronous', async () => {
    const stage = stageOf({
      length: { '~standard': z.string().transform((text) => text.length)['~standard'] },
      date: { '~standard': z.coerce.date()['~standard'] },
      later: { '~standard': z.string().refine(async () => true)['~standard'] },
    })
    const { result } = await stage.once(undefined, (session) =>
      ['length', 'date', 'later'].map((key) => {
        try {
          return session.set(key, '2020-01-01')
        } catch (error) {
          return String(error)
        }
      }),
    )
    expect(result).toEqual([
      expect.stringMatching(/schema.length rejects its own output/),
      expect.stringMatching(/date is Date, which JSON cannot represent/),
      expect.stringMatching(/asynchronous/i),
    ])
  })

  it('accepts any Standard Schema validator', async () => {
    const even: StandardSchemaV1<number> = {
      '~standard': {
        version: 1,
        vendor: 'tests',
        validate: (value) =>
          typeof value === 'number' && value % 2 === 0 ? { value } : { issues: [{ message: 'is odd' }] },
      },
    }
    const stage = stageOf({ even })
    const { result } = await stage.once(undefined, (session) => [
      session.set('even', 2),
      session.get('even'),
      expect(() => session.set('even', 3)).toThrow('session: even does not match its schema: is odd'),
    ])
    expect(result[1]).toBe(2)
  })

  it('rejects keys without a validator', () => {
    expect(() => stageOf({ user: String })).toThrow(
      new TypeError('session: schema.user must be a Standard Schema, such as a zod schema, got a function'),
    )
    expect(() => stageOf({ user: null })).toThrow(/schema.user must be/)
  })

  it.each([
    [z.object({ user: z.string() }), 'an instance of ZodObject'],
    [[], 'an array'],
    [5, '5'],
    [null, 'null'],
  ])('rejects a schema that is not an object of validators: %#', (schema, got) => {
    expect(() => stageOf(schema as never)).toThrow(
      new TypeError(
        `session: schema must be an object with a validator for each key, such as { user: z.string() }, got ${got}`,
      ),
    )
  })
})
