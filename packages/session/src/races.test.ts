import { describe, expect, it } from 'vitest'
import { Stage } from '../test/running.ts'
import { sharedStores } from '../test/stores.ts'
import type { Session } from './session-type.ts'

const secret = 'a secret for tests of 32 characters'

describe.each(sharedStores)('requests of one visitor at the same time, in %s', (_, make) => {
  /** A stage with a session that has `a: 1`, and its id. */
  async function begin(): Promise<{ stage: Stage; id: string }> {
    const stage = new Stage({ secret, store: make() })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    return { stage, id: id! }
  }
  const all = (session: Session) =>
    Object.fromEntries(['a', 'b', 'c', 'user', 'count'].map((key) => [key, session.get(key)]))

  it('keep all 200 keys that 200 of them add', async () => {
    const { stage, id } = await begin()
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    await stage.together(200, id, (session, n) => session.set(`key${n}`, n))
    const { result } = await stage.once(id, (session) => numbers.map((n) => session.get(`key${n}`)))
    expect(result).toEqual(numbers)
  })

  it('count to 200 by 200 updates', async () => {
    const { stage, id } = await begin()
    await stage.together(200, id, (session) => session.update('count', (count = 0) => (count as number) + 1))
    expect((await stage.once(id, (session) => session.get('count'))).result).toBe(200)
  })

  it('leave 200 flashes, and each is shown', async () => {
    const { stage, id } = await begin()
    const messages = Array.from({ length: 200 }, (_, n) => `message ${n}`)
    await stage.together(200, id, (session, n) => session.flash('info', messages[n]!))
    const { result } = await stage.once(id, (session) => session.flashes())
    expect(result.map(({ message }) => message).sort()).toEqual(messages.sort())
  })

  it('keep a flash that was left while others were shown', async () => {
    const { stage, id } = await begin()
    await stage.once(id, (session) => session.flash('info', 'early'))
    const reader = await stage.begin(id)
    expect(await reader.do((session) => session.flashes())).toHaveLength(1)
    await stage.once(id, (session) => session.flash('info', 'late'))
    await reader.end()
    const { result } = await stage.once(id, (session) => session.flashes())
    expect(result).toEqual([{ type: 'info', message: 'late' }])
  })

  it('see the later of two values set for one key, and what only one of them deleted is gone', async () => {
    const { stage, id } = await begin()
    const one = await stage.begin(id)
    const two = await stage.begin(id)
    await one.do((session) => [session.get('a'), session.set('b', 'one'), session.delete('a')])
    await two.do((session) => [session.get('a'), session.set('b', 'two'), session.set('c', 'two')])
    await two.end()
    await one.end()
    const { result } = await stage.once(id, all)
    expect(result).toMatchObject({ a: undefined, b: 'one', c: 'two' })
  })

  it('keep what was set last also where it is what was there at first', async () => {
    const { stage, id } = await begin()
    const one = await stage.begin(id)
    await one.do((session) => [session.get('a'), session.set('a', 1), session.delete('b')])
    await stage.once(id, (session) => [session.set('a', 2), session.set('b', 2), session.set('c', 2)])
    await one.end()
    expect((await stage.once(id, all)).result).toMatchObject({ a: 1, b: undefined, c: 2 })
  })

  it('do not run an update again where its key was left alone', async () => {
    const { stage, id } = await begin()
    let runs = 0
    const one = await stage.begin(id)
    const made = await one.do((session) => session.update('b', () => ++runs))
    await stage.once(id, (session) => session.set('c', 1))
    await one.end()
    expect(runs).toBe(1)
    expect((await stage.once(id, all)).result).toMatchObject({ b: made, c: 1 })
  })

  it('do not bring back a session that one of them destroyed', async () => {
    const { stage, id } = await begin()
    const writer = await stage.begin(id)
    await writer.do((session) => [session.get('a'), session.set('b', 1)])
    expect((await stage.once(id, (session) => session.destroy())).id).toBe('')
    expect(await writer.end()).toBeUndefined()
    expect((await stage.once(id, (session) => session.isNew)).result).toBe(true)
  })

  it('destroy a session though another wrote to it meanwhile', async () => {
    const { stage, id } = await begin()
    const ender = await stage.begin(id)
    await ender.do((session) => [session.get('a'), session.destroy()])
    await stage.once(id, (session) => session.set('b', 1))
    expect(await ender.end()).toBe('')
    expect((await stage.once(id, (session) => session.isNew)).result).toBe(true)
  })

  it('keep under the new id what a request wrote that began under the old one', async () => {
    const { stage, id } = await begin()
    const writer = await stage.begin(id)
    await writer.do((session) => session.set('b', 'late'))
    const signIn = await stage.once(id, (session) => [session.regenerate(), session.set('user', 'ada')])
    const again = await stage.once(signIn.id, (session) => session.regenerate())
    // The one with the old id is not told the new one: it might be a thief's.
    expect(await writer.end()).toBeUndefined()
    expect((await stage.once(again.id, all)).result).toMatchObject({ a: 1, b: 'late', user: 'ada' })
    expect((await stage.once(id, (session) => session.isNew)).result).toBe(true)
    expect((await stage.once(signIn.id, (session) => session.isNew)).result).toBe(true)
  })

  it('keep under the new id what was written after the request that changes it had read', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.begin(id)
    await signIn.do((session) => [session.get('a'), session.regenerate(), session.set('user', 'ada')])
    await stage.once(id, (session) => session.set('b', 'between'))
    const fresh = await signIn.end()
    expect((await stage.once(fresh, all)).result).toMatchObject({ a: 1, b: 'between', user: 'ada' })
  })

  it('part where both change the id, and neither sees what the other wrote', async () => {
    const { stage, id } = await begin()
    const ada = await stage.begin(id)
    const eve = await stage.begin(id)
    await ada.do((session) => [session.get('a'), session.regenerate(), session.set('user', 'ada')])
    await eve.do((session) => [session.get('a'), session.regenerate(), session.set('b', 'eve')])
    const [adas, eves] = [await ada.end(), await eve.end()]
    expect((await stage.once(adas, all)).result).toMatchObject({ a: 1, b: undefined, user: 'ada' })
    expect((await stage.once(eves, all)).result).toMatchObject({ a: 1, b: 'eve', user: undefined })
  })

  it('do not replace a new id by another where the old one comes late', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.once(id, (session) => session.regenerate())
    const late = await stage.once(id, (session) => [session.get('a'), session.set('b', 'late')])
    expect(late).toEqual({ result: [undefined, undefined], id: undefined })
    expect(String(stage.errors)).toMatch(/just been changed by regenerate/)
    expect((await stage.once(signIn.id, all)).result).toMatchObject({ a: 1, b: undefined })
    const own = await stage.once(id, (session) => [session.regenerate(), session.set('user', 'eve')])
    expect((await stage.once(own.id, all)).result).toMatchObject({ a: undefined, user: 'eve' })
  })

  it('destroy a session also where its id was changed meanwhile', async () => {
    const { stage, id } = await begin()
    const ender = await stage.begin(id)
    await ender.do((session) => [session.get('a'), session.destroy()])
    const signIn = await stage.once(id, (session) => session.regenerate())
    await ender.end()
    expect((await stage.once(signIn.id, (session) => session.isNew)).result).toBe(true)
  })

  it('destroy a session also where the old id comes late', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.once(id, (session) => session.regenerate())
    expect((await stage.once(id, (session) => session.destroy())).id).toBe('')
    expect((await stage.once(signIn.id, (session) => session.isNew)).result).toBe(true)
  })

  it('keep only what is new where an id is changed of a session that was destroyed meanwhile', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.begin(id)
    const idle = await stage.begin(id)
    await signIn.do((session) => [session.get('a'), session.regenerate(), session.set('user', 'ada')])
    await idle.do((session) => [session.get('a'), session.regenerate()])
    await stage.once(id, (session) => session.destroy())
    const fresh = await signIn.end()
    expect((await stage.once(fresh, all)).result).toMatchObject({ a: undefined, user: 'ada' })
    expect(await idle.end()).toBeUndefined()
  })

  it('keep all that 100 of them write while the id is changed twice', async () => {
    const { stage, id } = await begin()
    const writers = await Promise.all(Array.from({ length: 100 }, () => stage.begin(id)))
    await Promise.all(
      writers.map((writer, n) => writer.do((session) => [session.isNew, session.set(`key${n}`, n)])),
    )
    const changing = async () => {
      const first = await stage.once(id, (session) => session.regenerate())
      return (await stage.once(first.id, (session) => session.regenerate())).id
    }
    const [fresh] = await Promise.all([changing(), ...writers.map((writer) => writer.end())])
    const { result } = await stage.once(fresh, (session) => writers.map((_, n) => session.get(`key${n}`)))
    expect(result).toEqual(writers.map((_, n) => n))
  })
})
