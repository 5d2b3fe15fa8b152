import { array, assert, asyncProperty, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newId } from './identity.ts'
import * as node from './identity-node.ts'
import * as web from './identity-web.ts'

const secret = 'a secret for tests of 32 characters'

describe('the keys of ids', () => {
  it('are those of before, by any version', () => {
    const id = 'Jws4BtP9qjSMX0jJ95KLFEU1i9R1agI2'
    expect(node.createIdentity([secret]).keyOf(id)).toBe('K3ryYki1Ky9wYZ3eOlrKU4Btjdd5hXylJNRfI7pEA7g')
  })

  it('are the same on every runtime, whatever the secrets and the id', async () => {
    const secrets = array(string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 3 })
    await assert(
      asyncProperty(secrets, string({ unit: 'binary' }), async (secrets, id) => {
        const [one, other] = [node.createIdentity(secrets), web.createIdentity(secrets)]
        expect(one.keyOf(id)).toBe(await other.keyOf(id))
        expect(one.keysOf(id)).toEqual(await other.keysOf(id))
        expect(await other.keyOf(id)).toMatch(/^[\w-]{43}$/)
      }),
    )
  })

  it('are of ids of 192 bits, never the same twice', () => {
    const ids = Array.from({ length: 1000 }, newId)
    expect(new Set(ids).size).toBe(1000)
    for (const id of ids) expect(id).toMatch(/^[\w-]{32}$/)
  })
})
