import { describe, expect, it, vi } from 'vitest'
import { Stage } from '../test/running.ts'
import { sharedStores } from '../test/stores.ts'

const secret = 'a secret for tests of 32 characters'

// What sessions have on runtimes other than Node, where keys come as promises.
vi.mock('#identity', () => import('./identity-web.ts'))

describe.each(sharedStores)('sessions where keys are promises, in %s', (_, make) => {
  it('are found by an id of any of the secrets', async () => {
    const store = make()
    const { id } = await new Stage({ secret, store }).once(undefined, (session) => session.set('a', 1))
    const newer = 'a newer secret for tests, as long as that'
    const read = async (secret: string | string[]) =>
      (await new Stage({ secret, store }).once(id!, (session) => session.get('a'))).result
    expect(await read([newer, secret])).toBe(1)
    expect(await read(newer)).toBeUndefined()
  })

  it('keep what 50 requests at the same time write to them, under a new id too', async () => {
    const stage = new Stage({ secret, store: make() })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    await stage.together(50, id!, (session) => session.update('n', (n = 0) => (n as number) + 1))
    const moved = await stage.once(id!, (session) => session.regenerate())
    const { result } = await stage.once(moved.id!, (session) => [session.get('a'), session.get('n')])
    expect(result).toEqual([1, 50])
    expect((await stage.once(id!, (session) => session.get('a'))).result).toBeUndefined()
  })
})
