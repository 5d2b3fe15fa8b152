import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as node from './crypto-node.ts'
import * as web from './crypto-web.ts'

const secret = 'a secret of the tests, of enough characters'
const text = fc.string({ unit: 'binary', maxLength: 60 })
const platforms = [
  ['node:crypto', node, web],
  ['WebCrypto', web, node],
] as const

describe.each(platforms)('a value sealed by %s', (_, mine, theirs) => {
  it('has the same signature by the other, which takes it and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), text, text, async (secret, text, other) => {
        const signature = await mine.signingKey(secret).sign(text)
        expect(signature).toMatch(/^[\w-]{43}$/)
        expect(await theirs.signingKey(secret).sign(text)).toBe(signature)
        expect(await theirs.signingKey(secret).verify(text, signature)).toBe(true)
        expect(await theirs.signingKey(secret).verify(`${text}${other}.`, signature)).toBe(false)
        expect(await theirs.signingKey(`${secret}.`).verify(text, signature)).toBe(false)
      }),
    )
  })

  it('is opened by the other, in its own context and under its own secret', async () => {
    const context = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text.isWellFormed())
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), text, context, async (secret, text, context) => {
        fc.pre(text.isWellFormed())
        const sealed = await mine.encryptionKey(secret).encrypt(text, context)
        expect(await theirs.encryptionKey(secret).decrypt(sealed, context)).toBe(text)
        expect(await theirs.encryptionKey(secret).decrypt(sealed, `${context}.`)).toBeUndefined()
        expect(await theirs.encryptionKey(`${secret}.`).decrypt(sealed, context)).toBeUndefined()
      }),
    )
  })

  it('has one letter-for-letter form', async () => {
    const signing = mine.signingKey(secret)
    const encrypting = mine.encryptionKey(secret)
    const signature = await signing.sign('value')
    const sealed = await encrypting.encrypt('value', 'name')
    const changed = (text: string) => [
      ...Array.from(
        text,
        (letter, at) => text.slice(0, at) + (letter === 'A' ? 'B' : 'A') + text.slice(at + 1),
      ),
      // The last letter of a length that is no multiple of four has bits that say nothing.
      ...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ_-', (letter) => text.slice(0, -1) + letter).filter(
        (other) => other !== text,
      ),
      ...[`${text}=`, ` ${text}`, `${text}.`, `${text}A`, text.slice(1), text.slice(0, -1), `${text}é`, ''],
    ]
    for (const other of changed(signature)) expect(await signing.verify('value', other), other).toBe(false)
    for (const other of changed(sealed)) {
      expect(await encrypting.decrypt(other, 'name'), other).toBeUndefined()
    }
    expect(await signing.verify('value', signature)).toBe(true)
    expect(await encrypting.decrypt(sealed, 'name')).toBe('value')
  })

  it('is neither opened nor taken where it is made up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }), async (text) => {
        expect(await mine.signingKey(secret).verify('value', text)).toBe(false)
        expect(await mine.encryptionKey(secret).decrypt(text, 'name')).toBeUndefined()
      }),
    )
  })
})
