import { describe, expect, it } from 'vitest'
import { Stage } from '../../test/stage.ts'
import { sharedStores } from '../../test/stores.ts'
import type { Session } from '../session-type.ts'

const secrets = 'a secret for tests of 32 characters'

describe.each(sharedStores)('concurrent requests of one visitor, with sessions in %s', (_, create) => {
  /** Returns a stage with a session that contains `a: 1`, and the id of the session. */
  async function begin(): Promise<{ stage: Stage; id: string }> {
    const stage = new Stage({ secrets, store: create() })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    return { stage, id: id! }
  }
  const all = (session: Session) =>
    Object.fromEntries(['a', 'b', 'c', 'user', 'count'].map((key) => [key, session.get(key)]))

  it('store all 200 keys that 200 requests add', async () => {
    const { stage, id } = await begin()
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    await stage.together(200, id, (session, n) => session.set(`key${n}`, n))
    const { result } = await stage.once(id, (session) => numbers.map((n) => session.get(`key${n}`)))
    expect(result).toEqual(numbers)
  })

  it('count to 200 with 200 updates', async () => {
    const { stage, id } = await begin()
    await stage.together(200, id, (session) => session.update('count', (count = 0) => (count as number) + 1))
    expect((await stage.once(id, (session) => session.get('count'))).result).toBe(200)
  })

  it('store 200 flash messages, and each is shown', async () => {
    const { stage, id } = await begin()
    const messages = Array.from({ length: 200 }, (_, n) => `message ${n}`)
    await stage.together(200, id, (session, n) => session.flash('info', messages[n]!))
    const { result } = await stage.once(id, (session) => session.takeFlashes())
    expect(result.map(({ message }) => message).sort()).toEqual(messages.sort())
  })

  it('keep a flash message that was added while others were taken', async () => {
    const { stage, id } = await begin()
    await stage.once(id, (session) => session.flash('info', 'early'))
    const reader = await stage.begin(id)
    expect(await reader.do((session) => session.takeFlashes())).toHaveLength(1)
    await stage.once(id, (session) => session.flash('info', 'late'))
    await reader.end()
    const { result } = await stage.once(id, (session) => session.takeFlashes())
    expect(result).toEqual([{ type: 'info', message: 'late' }])
  })

  it('store the later of two values for a key, and delete a key that only one of them deletes', async () => {
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

  it('store the later value even if it is the original one', async () => {
    const { stage, id } = await begin()
    const one = await stage.begin(id)
    await one.do((session) => [session.get('a'), session.set('a', 1), session.delete('b')])
    await stage.once(id, (session) => [session.set('a', 2), session.set('b', 2), session.set('c', 2)])
    await one.end()
    expect((await stage.once(id, all)).result).toMatchObject({ a: 1, b: undefined, c: 2 })
  })

  it('do not run an update again if no other request changed its key', async () => {
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

  it('destroy a session even if another request wrote to it in the meantime', async () => {
    const { stage, id } = await begin()
    const ender = await stage.begin(id)
    await ender.do((session) => [session.get('a'), session.destroy()])
    await stage.once(id, (session) => session.set('b', 1))
    expect(await ender.end()).toBe('')
    expect((await stage.once(id, (session) => session.isNew)).result).toBe(true)
  })

  it('store the changes of a request with the old id under the new id', async () => {
    const { stage, id } = await begin()
    const writer = await stage.begin(id)
    await writer.do((session) => session.set('b', 'late'))
    const signIn = await stage.once(id, (session) => [session.regenerateId(), session.set('user', 'ada')])
    const again = await stage.once(signIn.id, (session) => session.regenerateId())
    // The response does not contain the new id, because the old one might have been stolen.
    expect(await writer.end()).toBeUndefined()
    expect((await stage.once(again.id, all)).result).toMatchObject({ a: 1, b: 'late', user: 'ada' })
    expect((await stage.once(id, (session) => session.isNew)).result).toBe(true)
    expect((await stage.once(signIn.id, (session) => session.isNew)).result).toBe(true)
  })

  it('keep changes that were stored after the request that replaces the id had read the session', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.begin(id)
    await signIn.do((session) => [session.get('a'), session.regenerateId(), session.set('user', 'ada')])
    await stage.once(id, (session) => session.set('b', 'between'))
    const fresh = await signIn.end()
    expect((await stage.once(fresh, all)).result).toMatchObject({ a: 1, b: 'between', user: 'ada' })
  })

  it('get separate sessions if both replace the id, and neither sees the changes of the other', async () => {
    const { stage, id } = await begin()
    const ada = await stage.begin(id)
    const eve = await stage.begin(id)
    await ada.do((session) => [session.get('a'), session.regenerateId(), session.set('user', 'ada')])
    await eve.do((session) => [session.get('a'), session.regenerateId(), session.set('b', 'eve')])
    const [adas, eves] = [await ada.end(), await eve.end()]
    expect((await stage.once(adas, all)).result).toMatchObject({ a: 1, b: undefined, user: 'ada' })
    expect((await stage.once(eves, all)).result).toMatchObject({ a: 1, b: 'eve', user: undefined })
  })

  it('do not overwrite the cookie with the new id if they use the session after its id was replaced', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.once(id, (session) => session.regenerateId())
    const late = await stage.once(id, (session) => [session.get('a'), session.set('b', 'late')])
    expect(late).toEqual({ result: [undefined, undefined], id: undefined })
    expect(String(stage.errors)).toMatch(
      /dropped the changes of a request whose session id had just been replaced/,
    )
    expect((await stage.once(signIn.id, all)).result).toMatchObject({ a: 1, b: undefined })
    const own = await stage.once(id, (session) => [session.regenerateId(), session.set('user', 'eve')])
    expect((await stage.once(own.id, all)).result).toMatchObject({ a: undefined, user: 'eve' })
  })

  it('destroy a session even if its id was replaced in the meantime', async () => {
    const { stage, id } = await begin()
    const ender = await stage.begin(id)
    await ender.do((session) => [session.get('a'), session.destroy()])
    const signIn = await stage.once(id, (session) => session.regenerateId())
    await ender.end()
    expect((await stage.once(signIn.id, (session) => session.isNew)).result).toBe(true)
  })

  it('destroy a session even if they use it after its id was replaced', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.once(id, (session) => session.regenerateId())
    expect((await stage.once(id, (session) => session.destroy())).id).toBe('')
    expect((await stage.once(signIn.id, (session) => session.isNew)).result).toBe(true)
  })

  it('store only their own changes if they replace the id of a session that was destroyed in the meantime', async () => {
    const { stage, id } = await begin()
    const signIn = await stage.begin(id)
    const idle = await stage.begin(id)
    await signIn.do((session) => [session.get('a'), session.regenerateId(), session.set('user', 'ada')])
    await idle.do((session) => [session.get('a'), session.regenerateId()])
    await stage.once(id, (session) => session.destroy())
    const fresh = await signIn.end()
    expect((await stage.once(fresh, all)).result).toMatchObject({ a: undefined, user: 'ada' })
    expect(await idle.end()).toBeUndefined()
  })

  it('store the changes of 100 requests while the id is replaced twice', async () => {
    const { stage, id } = await begin()
    const writers = await Promise.all(Array.from({ length: 100 }, () => stage.begin(id)))
    await Promise.all(
      writers.map((writer, n) => writer.do((session) => [session.isNew, session.set(`key${n}`, n)])),
    )
    const changing = async () => {
      const first = await stage.once(id, (session) => session.regenerateId())
      return (await stage.once(first.id, (session) => session.regenerateId())).id
    }
    const [fresh] = await Promise.all([changing(), ...writers.map((writer) => writer.end())])
    const { result } = await stage.once(fresh, (session) => writers.map((_, n) => session.get(`key${n}`)))
    expect(result).toEqual(writers.map((_, n) => n))
  })
})
