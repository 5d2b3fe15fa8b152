import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createEncrypter, createSigner } from './index.ts'

const secret = 'a secret of the tests, of enough characters'
const other = 'another secret of the tests, as long as that'
const value = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed())

afterEach(() => {
  vi.useRealTimers()
})

describe.each([
  ['createSigner', createSigner, createEncrypter],
  ['createEncrypter', createEncrypter, createSigner],
])('%s', (factory, create, createOther) => {
  const sealer = create(secret)

  it('unseals every value that it sealed', async () => {
    await fc.assert(
      fc.asyncProperty(value, value, async (name, value) => {
        const sealed = await sealer.seal(name, value)
        expect(await sealer.unseal(name, sealed)).toBe(value)
      }),
    )
    for (const value of ['', '.', '..', 'a.b.', '\ufeffmark', '\0', '{"a":1}']) {
      expect(await sealer.unseal('a', await sealer.seal('a', value))).toBe(value)
    }
  })

  it('rejects a sealed value in which any character was changed', async () => {
    const sealed = await sealer.seal('name', 'value', new Date(Date.now() + 60_000))
    // The last character of each part can carry bits that mean nothing (RFC 4648 §3.5).
    const meaningful = Array.from(sealed).flatMap((_, index) =>
      /^(?:\.|$)/.test(sealed.slice(index + 1)) ? [] : [index],
    )
    for (const index of meaningful) {
      for (const character of ['A', 'Q', '.', '_', '0', 'é']) {
        if (sealed[index] === character) continue
        const tampered = sealed.slice(0, index) + character + sealed.slice(index + 1)
        expect(await sealer.unseal('name', tampered), `${character} at ${index}`).toBeUndefined()
      }
    }
  })

  it('rejects a sealed value that was truncated or extended', async () => {
    const sealed = await sealer.seal('name', 'value')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sealed.length),
        fc.nat(sealed.length),
        fc.string({ unit: fc.constantFrom('A', '.', '_', '\0'), maxLength: 3 }),
        async (from, to, middle) => {
          const tampered = sealed.slice(0, from) + middle + sealed.slice(to)
          // The same length can be the same bytes with a different last character.
          fc.pre(tampered.length !== sealed.length)
          expect(await sealer.unseal('name', tampered)).toBeUndefined()
        },
      ),
      { numRuns: 500 },
    )
  })

  it('rejects text that it never sealed, without throwing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await sealer.unseal('name', text)).toBeUndefined()
      }),
    )
    const part = btoa('{"alg":"none"}').replaceAll('=', '')
    const texts = [
      '',
      '.',
      '..',
      '....',
      'value',
      'A'.repeat(100),
      `${part}..`,
      `${part}.${part}.`,
      `${part}....`,
    ]
    for (const text of texts) expect(await sealer.unseal('name', text), text).toBeUndefined()
  })

  it('rejects a token of another algorithm, whatever its header says', async () => {
    const [header = '', ...rest] = (await sealer.seal('name', 'value')).split('.')
    for (const change of [
      { alg: 'none' },
      { alg: 'HS512' },
      { alg: 'A256KW' },
      { enc: 'A256CBC-HS512' },
      { crit: ['x'] },
    ]) {
      const changed = btoa(JSON.stringify({ ...JSON.parse(atob(header)), ...change })).replaceAll('=', '')
      expect(await sealer.unseal('name', [changed, ...rest].join('.'))).toBeUndefined()
    }
  })

  it('rejects a value that was sealed under another name', async () => {
    const sealed = await sealer.seal('role', 'admin')
    for (const name of ['user', 'Role', 'role ', '', 'rol']) {
      expect(await sealer.unseal(name, sealed)).toBeUndefined()
    }
  })

  it('rejects a value that was sealed with another secret', async () => {
    expect(await create(other).unseal('a', await sealer.seal('a', '1'))).toBeUndefined()
  })

  it('rejects a value that the other kind of sealer made with the same secret', async () => {
    expect(await sealer.unseal('a', await createOther(secret).seal('a', '1'))).toBeUndefined()
  })

  it('seals with the first secret and unseals with any', async () => {
    const before = await create(secret).seal('a', 'old')
    const rotated = create([other, secret])
    expect(await rotated.unseal('a', before)).toBe('old')
    const after = await rotated.seal('a', 'new')
    expect(await create(other).unseal('a', after)).toBe('new')
    expect(await create(secret).unseal('a', after)).toBeUndefined()
  })

  it('rejects a value once it has expired, to the second', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const sealed = await sealer.seal('a', '1', new Date(1_004_001))
    vi.setSystemTime(1_004_999)
    expect(await sealer.unseal('a', sealed)).toBe('1')
    vi.setSystemTime(1_005_000)
    expect(await sealer.unseal('a', sealed)).toBeUndefined()
    expect(await sealer.unseal('a', await sealer.seal('a', '1', new Date(-5)))).toBeUndefined()
  })

  it('throws if the text to seal is not well-formed, naming the cookie', async () => {
    const message = 'Cannot seal the cookie "a": its value is not well-formed text'
    await expect(sealer.seal('a', '\ud800')).rejects.toThrow(new TypeError(message))
  })

  it.each([
    ['short', 'secrets must be at least 32 characters, got 5'],
    [[secret, 'short'], 'secrets[1] must be at least 32 characters, got 5'],
    [undefined, 'secrets must be text, got undefined'],
  ])('rejects the secrets %j', (secrets, message) => {
    expect(() => create(secrets as string)).toThrow(`${factory}: ${message}`)
  })
})

describe('createSigner', () => {
  it('creates a JWT that clients can read', async () => {
    const sealed = await createSigner(secret).seal('user', 'ada', new Date(2e12))
    const parts = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString())
    expect(parts.slice(0, 2)).toEqual(['{"alg":"HS256"}', '{"aud":"user","exp":2000000000,"value":"ada"}'])
  })

  it('unseals values that earlier versions sealed', async () => {
    const sealed =
      'eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ1c2VyIiwidmFsdWUiOiJhZGEifQ.5D-FdkfcrmRPsHI42wMduggixP5cBVLZi1jx_xf3j2s'
    expect(await createSigner(secret).unseal('user', sealed)).toBe('ada')
  })
})

describe('createEncrypter', () => {
  it('creates a JWT that clients cannot read and that is different each time', async () => {
    const encrypter = createEncrypter(secret)
    const sealed = await Promise.all(
      Array.from({ length: 100 }, () => encrypter.seal('user', 'ada lovelace')),
    )
    expect(new Set(sealed).size).toBe(100)
    for (const text of sealed) {
      const parts = text.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      expect(parts).toHaveLength(5)
      expect(parts[0]).toBe('{"alg":"dir","enc":"A256GCM"}')
      expect(parts.join()).not.toMatch(/ada|user/)
    }
  })

  it('unseals values that earlier versions sealed', async () => {
    const sealed =
      'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..HlVARE5-YjcXrF4A.WFcAvQxhCj7PNPIggldvDvZKGJ-v9P1-jGp0BA.4qew3fRAizqx5dFF4qriZQ'
    expect(await createEncrypter(secret).unseal('user', sealed)).toBe('ada')
  })
})
