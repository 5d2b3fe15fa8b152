import { array, assert, asyncProperty, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as node from './key-hasher-node.ts'
import * as web from './key-hasher-web.ts'
import { newId } from './session-id.ts'

const secrets = 'a secret for tests of 32 characters'

describe('the keys that sessions are stored under', () => {
  it('are the same in every version', () => {
    const id = 'Jws4BtP9qjSMX0jJ95KLFEU1i9R1agI2'
    expect(node.createKeyHasher([secrets]).keyOf(id)).toBe('K3ryYki1Ky9wYZ3eOlrKU4Btjdd5hXylJNRfI7pEA7g')
  })

  it('are the same on every runtime', async () => {
    const anySecrets = array(string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 3 })
    await assert(
      asyncProperty(anySecrets, string({ unit: 'binary' }), async (secrets, id) => {
        const [one, other] = [node.createKeyHasher(secrets), web.createKeyHasher(secrets)]
        expect(one.keyOf(id)).toBe(await other.keyOf(id))
        expect(one.keysOf(id)).toEqual(await other.keysOf(id))
        expect(await other.keyOf(id)).toMatch(/^[\w-]{43}$/)
      }),
    )
  })

  it('belong to ids of 192 random bits', () => {
    const ids = Array.from({ length: 1000 }, newId)
    expect(new Set(ids).size).toBe(1000)
    for (const id of ids) expect(id).toMatch(/^[\w-]{32}$/)
  })
})
