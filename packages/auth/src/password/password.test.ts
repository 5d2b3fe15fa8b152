import * as crypto from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from './password.ts'

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/** A hash of scrypt that takes little time: of 'secret', with N as a power of 2. */
function hashOf(cost: number): string {
  const salt = Buffer.alloc(16, 7)
  const hash = crypto.scryptSync('secret', salt, 32, { N: 2 ** cost, r: 8, p: 1 })
  return `$scrypt$ln=${cost},r=8,p=1$${b64(salt)}$${b64(hash)}`
}

/** Since Node 24.7. */
const hasArgon2 = 'argon2' in crypto
const NEW_HASH = hasArgon2
  ? /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/
  : /^\$scrypt\$ln=17,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/

describe('hashPassword and verifyPassword', () => {
  it('accept the right password only', async () => {
    const hash = await hashPassword('pässword')
    expect(hash).toMatch(NEW_HASH)
    expect(await verifyPassword('pässword', hash)).toEqual({ ok: true, rehash: false })
    expect(await verifyPassword('pa\u0308ssword', hash)).toEqual({ ok: true, rehash: false })
    expect(await verifyPassword('password', hash)).toEqual({ ok: false, rehash: false })
    expect(await verifyPassword('', hash)).toEqual({ ok: false, rehash: false })
  })

  it('use another salt each time', async () => {
    expect(await hashPassword('a')).not.toBe(await hashPassword('a'))
  })

  it('read hashes of scrypt, which should be replaced', async () => {
    const hash = hashOf(14)
    expect(await verifyPassword('secret', hash)).toEqual({ ok: true, rehash: true })
    expect(await verifyPassword('guess', hash)).toEqual({ ok: false, rehash: false })
  })

  it('read a hash of another implementation', async () => {
    // From the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 24
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    const checked = verifyPassword('password', hash)
    if (hasArgon2) expect((await checked).ok).toBe(true)
    else await expect(checked).rejects.toThrow('verifyPassword: argon2id needs Node 24.7 or newer')
  })

  it('say that a hash with weaker parameters should be replaced', async () => {
    const strong = await hashPassword('secret')
    expect((await verifyPassword('secret', strong)).rehash).toBe(false)
    const weak = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
    const checked = hasArgon2 ? verifyPassword('password', weak) : verifyPassword('secret', hashOf(10))
    expect(await checked).toEqual({ ok: true, rehash: true })
  })

  it('do the same work if there is no user, or the password is too long', async () => {
    const time = async (run: () => Promise<unknown>) => {
      const begin = process.cpuUsage()
      await run()
      const { user, system } = process.cpuUsage(begin)
      return user + system
    }
    const hash = await hashPassword('secret')
    await verifyPassword('secret', hash)
    const known = await time(() => verifyPassword('guess', hash))
    const unknown = await time(() => verifyPassword('guess', undefined))
    const long = await time(() => verifyPassword('x'.repeat(100_000), hash))
    // The work is some 50 ms; without it, a call takes less than 1 ms.
    expect(Math.min(known, unknown, long)).toBeGreaterThan(5_000)
    expect(await verifyPassword('guess', undefined)).toEqual({ ok: false, rehash: false })
    expect(await verifyPassword('x'.repeat(100_000), hash)).toEqual({ ok: false, rehash: false })
  })

  it('reject a long password before it is hashed', async () => {
    await expect(hashPassword('x'.repeat(1025))).rejects.toMatchObject({ status: 422 })
    expect(await hashPassword('x'.repeat(1024))).toMatch(NEW_HASH)
  })

  it('let at most 100 passwords wait', async () => {
    const hash = hashOf(10)
    const results = await Promise.allSettled(Array.from({ length: 110 }, () => verifyPassword('a', hash)))
    const rejected = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
    expect(rejected.map(({ reason }) => [reason.status, reason.headers.get('retry-after')])).toEqual(
      Array.from({ length: 6 }, () => [503, '5']),
    )
    expect((await verifyPassword('a', undefined)).ok).toBe(false)
    expect((await verifyPassword('a', null)).ok).toBe(false)
  })

  it('reject what is not a hash, without showing it', async () => {
    const bad = [
      '',
      'secret-hash',
      '$2b$10$abcdefghijklmnopqrstuv',
      '$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
      '$scrypt$ln=30,r=8,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
      '$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ]
    for (const hash of bad) {
      await expect(verifyPassword('a', hash)).rejects.toThrow(
        new TypeError('verifyPassword: hash must be a PHC string of argon2id or scrypt'),
      )
    }
    await fc.assert(
      fc.asyncProperty(fc.string(), async (hash) => {
        await expect(verifyPassword('a', hash)).rejects.toThrow(TypeError)
      }),
    )
    await expect(hashPassword(7 as never)).rejects.toThrow('hashPassword: password must be text, got number')
  })
})
