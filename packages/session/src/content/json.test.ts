import { jsonValue as anyJson, assert, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Stage } from '../../test/stage.ts'
import type { SessionOptions } from '../options.ts'
import type { Session } from '../session-type.ts'

const secrets = 'a secret for tests of 32 characters'
const stage = new Stage({ secrets })

/** Stores a value and returns it from the next request. */
async function stored(value: unknown): Promise<unknown> {
  const { id } = await stage.once(undefined, (session) => session.set('a', value))
  return (await stage.once(id, (session) => session.get('a'))).result
}

async function rejection(work: (session: Session) => void): Promise<string> {
  const { result } = await stage.once(undefined, (session) => {
    try {
      work(session)
      return 'accepted'
    } catch (error) {
      return String(error)
    }
  })
  return result
}

describe('a value in a session', () => {
  it('is returned unchanged if it is JSON', async () => {
    await assertEach(async (value) => expect(await stored(value)).toEqual(value))
    for (const value of [null, false, 0, '', [], {}, 'ä😀\0', '\ud800', 1e300, [[[]]]]) {
      expect(await stored(value)).toEqual(value)
    }
  })

  it('must not be a promise, and its rejection does not end the process', async () => {
    const late = async () => {
      throw new Error('too late')
    }
    const message = 'TypeError: session: a is Promise, which JSON cannot represent'
    expect(await rejection((session) => session.update('a', late))).toBe(message)
    expect(await rejection((session) => session.set('a', late()))).toBe(message)
    expect(await rejection((session) => session.set('a', [late()]))).toContain('a[0] is Promise')
    const schema = { a: z.string() }
    const strict = new Stage({ secrets, schema } as unknown as SessionOptions)
    const running = await strict.begin()
    await expect(running.do((session) => session.update('a', late))).rejects.toThrow(
      'session: a does not match',
    )
    await running.end()
  })

  it('can have members with special names', async () => {
    const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"moved":"x","toJSON":"y"}')
    const back = (await stored(value)) as object
    expect(JSON.stringify(back)).toBe(JSON.stringify(value))
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
    expect((back as { polluted?: number }).polluted).toBeUndefined()
  })

  it('loses members that are undefined, as in JSON', async () => {
    expect(await stored({ a: undefined, b: 1 })).toEqual({ b: 1 })
    expect(await stored(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 })
  })

  it.each([
    ['undefined', undefined, 'a is undefined,'],
    ['a function', { go() {} }, 'a.go is function,'],
    ['a symbol', [Symbol('s')], 'a[0] is symbol,'],
    ['a bigint', 1n, 'a is bigint,'],
    ['NaN', { x: [1, Number.NaN] }, 'a.x[1] is NaN,'],
    ['infinity', Number.POSITIVE_INFINITY, 'a is Infinity,'],
    ['a hole', new Array(1), 'a[0] is undefined,'],
    ['a date', new Date(0), 'a is Date, which JSON cannot represent: store its toISOString() instead'],
    ['a map', new Map(), 'a is Map,'],
    ['a promise', Promise.resolve(1), 'a is Promise,'],
    ['an instance', new (class User {})(), 'a is User,'],
    ['bytes', new Uint8Array(1), 'a is Uint8Array,'],
  ])('cannot be %s', async (_, value, message) => {
    expect(await rejection((session) => session.set('a', value))).toContain(`TypeError: session: ${message}`)
  })

  it('cannot contain itself or be nested more than 64 levels deep', async () => {
    const self: unknown[] = []
    self.push(self, self)
    expect(await rejection((session) => session.set('a', self))).toMatch(
      /is nested more than 64 levels deep, or contains itself/,
    )
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
    expect(await rejection((session) => session.set('a', nested(64)))).toBe('accepted')
    expect(await rejection((session) => session.set('a', nested(65)))).toMatch(/more than 64 levels/)
  })

  it('is not affected by later changes to the object that was set', async () => {
    const list = [1]
    const { result } = await stage.once(undefined, (session) => {
      session.set('a', list)
      list.push(2)
      return session.get('a')
    })
    expect(result).toEqual([1])
  })

  it('is frozen, in the request that set it and in later ones', async () => {
    const change = (session: Session) => {
      const value = session.get('a') as { list: { name: string }[] }
      expect(() => value.list.push({ name: 'new' })).toThrow(TypeError)
      expect(() => {
        value.list[0]!.name = 'changed'
      }).toThrow(TypeError)
    }
    const { id } = await stage.once(undefined, (session) => {
      session.set('a', { list: [{ name: 'old' }] })
      change(session)
    })
    await stage.once(id, change)
  })

  it('cannot be a promise, and flash messages must be text', async () => {
    expect(await rejection((session) => session.update('a', async () => 1))).toMatch(/a is Promise/)
    expect(await rejection((session) => session.flash('info', 7 as unknown as string))).toMatch(
      /needs two strings/,
    )
  })
})

async function assertEach(check: (value: unknown) => Promise<void>): Promise<void> {
  const values: unknown[] = []
  assert(
    property(anyJson({ maxDepth: 5 }), (value) => {
      values.push(value)
    }),
  )
  for (const value of values) await check(JSON.parse(JSON.stringify(value)))
}
