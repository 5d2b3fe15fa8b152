import { cookies } from '@tsgi/cookies'
import { json, stack, text } from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { Stage } from '../../test/stage.ts'
import type { SessionOptions } from '../options.ts'
import { session } from '../session.ts'
import { cookieStore } from '../stores/cookie.ts'
import { memoryStore } from '../stores/memory/memory.ts'

const secrets = 'a secret for tests of 32 characters'

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const bigint = z.codec(z.string().regex(/^-?\d+$/), z.bigint(), { decode: BigInt, encode: String })
const sizes = z.codec(z.array(z.tuple([z.string(), z.number()])), z.map(z.string(), z.number()), {
  decode: (entries) => new Map(entries),
  encode: (map) => [...map],
})
const visit = z.object({ at: date, pages: z.array(z.string()) })

function stageOf(schema: object): Stage {
  return new Stage({ secrets, schema } as SessionOptions)
}

describe('a session with codecs', () => {
  it('has the types that they decode', () => {
    const web = stack(cookies(), session({ secrets, schema: { date, bigint, sizes, visit } }))
    web(({ session }) => {
      expectTypeOf(session.get('date')).toEqualTypeOf<Date | undefined>()
      expectTypeOf(session.get('bigint')).toEqualTypeOf<bigint | undefined>()
      expectTypeOf(session.get('sizes')).toEqualTypeOf<ReadonlyMap<string, number> | undefined>()
      expectTypeOf(session.get('visit')!.at).toEqualTypeOf<Date>()
      expectTypeOf(session.get('visit')!.pages).toEqualTypeOf<readonly string[]>()
      // @ts-expect-error the type that is stored
      expect(() => session.set('date', '2026-01-01T00:00:00.000Z')).toThrow(TypeError)
      return text('')
    })
  })

  it.each([
    ['memory', memoryStore()],
    ['the cookie', cookieStore()],
  ])('returns from %s the values that were set, in this request and in later ones', async (_, store) => {
    const web = stack(cookies(), session({ secrets, store, schema: { date, bigint, sizes, visit } }))
    const app = web(({ session, method }) => {
      if (method === 'POST') {
        session.set('date', new Date(7))
        session.set('bigint', 2n ** 80n)
        session.set('sizes', new Map([['tea', 3]]))
        session.set('visit', { at: new Date(8), pages: ['/'] })
      }
      expect(session.get('date')).toEqual(new Date(7))
      expect(session.get('bigint')).toBe(2n ** 80n)
      expect(session.get('sizes')).toEqual(new Map([['tea', 3]]))
      expect(session.get('visit')).toEqual({ at: new Date(8), pages: ['/'] })
      expect(Object.isFrozen(session.get('visit')?.pages)).toBe(true)
      return text('')
    })
    const visitor = client(app)
    expect((await visitor.post('/')).status).toBe(200)
    expect((await visitor.get('/')).status).toBe(200)
  })

  it('keeps the updates of concurrent requests', async () => {
    const stage = stageOf({ sizes, bigint })
    const { id } = await stage.once(undefined, (session) => session.set('bigint', 1n))
    await stage.together(20, id, (session, n) => {
      session.update('sizes', (map) => new Map(map as Map<string, number>).set(`k${n}`, n))
      session.update('bigint', (count) => (count as bigint) * 2n)
    })
    const { result } = await stage.once(id, (session) => [session.get('sizes'), session.get('bigint')])
    expect(result).toEqual([new Map(Array.from({ length: 20 }, (_, n) => [`k${n}`, n])), 2n ** 20n])
  })

  it('returns a copy: changing it in place changes nothing', async () => {
    const stage = stageOf({ date, sizes })
    const { result } = await stage.once(undefined, (session) => {
      session.set('date', new Date(7))
      ;(session.get('date') as Date).setTime(9)
      session.set('sizes', new Map())
      ;(session.get('sizes') as Map<string, number>).set('tea', 3)
      return [session.get('date'), session.get('sizes')]
    })
    expect(result).toEqual([new Date(7), new Map()])
  })

  it('returns every date, bigint and map that can be encoded', async () => {
    const stage = stageOf({ date, bigint, sizes })
    const values = fc.record({
      date: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }),
      bigint: fc.bigInt(),
      sizes: fc
        .array(fc.tuple(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })))
        .map((entries) => new Map(entries.map(([key, value]) => [key, value + 0]))),
    })
    await fc.assert(
      fc.asyncProperty(values, async (values) => {
        const { id } = await stage.once(undefined, (session) => {
          for (const [key, value] of Object.entries(values)) session.set(key, value)
        })
        const { result } = await stage.once(id, (session) =>
          Object.fromEntries(Object.keys(values).map((key) => [key, session.get(key)])),
        )
        expect(result).toEqual(values)
      }),
      { numRuns: 50 },
    )
  })

  it('rejects values that its codecs cannot encode, naming the key', async () => {
    const later = { ...asSchema(z.string()), encode: () => Promise.reject(new Error('later')) }
    const broken = { ...asSchema(z.string()), encode: () => new Date(0) }
    const stage = stageOf({ date, length: z.string().transform(({ length }) => length), later, broken })
    const { result } = await stage.once(undefined, (session) =>
      [
        () => session.set('date', 'yesterday'),
        () => session.set('date', new Date(Number.NaN)),
        () => session.set('length', 3),
        () => session.set('later', 'text'),
        () => session.set('broken', 'text'),
      ].map((work) => {
        try {
          return work()
        } catch (error) {
          return String(error)
        }
      }),
    )
    expect(result).toEqual([
      expect.stringMatching(/^TypeError: session: date does not match its schema: .*expected date/),
      expect.stringMatching(/^TypeError: session: date does not match its schema: /),
      expect.stringMatching(/^TypeError: session: schema.length cannot encode the value: .*transform/),
      'TypeError: session: later is Promise, which JSON cannot represent',
      expect.stringMatching(/^TypeError: session: broken is Date, which JSON cannot represent/),
    ])
  })

  it('ignores stored values that its codecs no longer decode', async () => {
    const store = memoryStore()
    const before = new Stage({ secrets, store })
    const { id } = await before.once(undefined, (session) => session.set('date', 'yesterday'))
    const after = new Stage({ secrets, store, schema: { date } } as unknown as SessionOptions)
    expect((await after.once(id, (session) => session.get('date'))).result).toBeUndefined()
  })

  it('ignores stored values that make its codecs throw', async () => {
    const store = memoryStore()
    const before = new Stage({ secrets, store })
    const { id } = await before.once(undefined, (session) => session.set('count', 'three'))
    const count = z.codec(z.string(), z.bigint(), { decode: (text) => BigInt(text), encode: String })
    const after = new Stage({ secrets, store, schema: { count } } as unknown as SessionOptions)
    expect((await after.once(id, (session) => session.get('count'))).result).toBeUndefined()
    await after.once(id, (session) => session.update('count', (value = 0n) => (value as bigint) + 1n))
    expect((await after.once(id, (session) => session.get('count'))).result).toBe(1n)
  })

  it('can have codecs of any library', async () => {
    const url = {
      ...asSchema(z.url().transform((text) => new URL(text))),
      encode: (url: URL) => url.href,
    }
    const web = stack(cookies(), session({ secrets, schema: { url } }))
    const visitor = client(
      web(({ session }) => {
        session.set('url', new URL('https://a.example/b'))
        return json(session.get('url')?.pathname)
      }),
    )
    expect(await (await visitor.get('/')).json()).toBe('/b')
  })
})

/** Returns the validator without the other methods of its library. */
function asSchema<Input, Output>(schema: StandardSchemaV1<Input, Output>): StandardSchemaV1<Input, Output> {
  return { '~standard': schema['~standard'] }
}
