import { describe, expect, it, vi } from 'vitest'
import { Stage } from '../../test/stage.ts'
import { sharedStores } from '../../test/stores.ts'

const secrets = 'a secret for tests of 32 characters'

// As on runtimes other than Node, where keys are promises.
vi.mock('#key-hasher', () => import('./key-hasher-web.ts'))

describe.each(sharedStores)('sessions with keys from WebCrypto, in %s', (_, create) => {
  it('are found with any of the secrets', async () => {
    const store = create()
    const { id } = await new Stage({ secrets, store }).once(undefined, (session) => session.set('a', 1))
    const newer = 'a newer secret for tests, as long as that'
    const read = async (secrets: string | string[]) =>
      (await new Stage({ secrets, store }).once(id!, (session) => session.get('a'))).result
    expect(await read([newer, secrets])).toBe(1)
    expect(await read(newer)).toBeUndefined()
  })

  it('keep the changes of 50 concurrent requests, even under a new id', async () => {
    const stage = new Stage({ secrets, store: create() })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    await stage.together(50, id!, (session) => session.update('n', (n = 0) => (n as number) + 1))
    const moved = await stage.once(id!, (session) => session.regenerateId())
    const { result } = await stage.once(moved.id!, (session) => [session.get('a'), session.get('n')])
    expect(result).toEqual([1, 50])
    expect((await stage.once(id!, (session) => session.get('a'))).result).toBeUndefined()
  })
})
