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
])('%s', (_, create, createOther) => {
  const sealer = create(secret)

  it('gives back every value it sealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), value, async (name, value) => {
        const sealed = await sealer.seal(name, value)
        expect(await sealer.unseal(name, sealed)).toBe(value)
      }),
    )
    for (const value of ['', '.', '..', 'a.b.', '\ufeffmark', '\0', '{"a":1}']) {
      expect(await sealer.unseal('a', await sealer.seal('a', value))).toBe(value)
    }
  })

  it('refuses a sealed value of which any character was changed', async () => {
    const sealed = await sealer.seal('name', 'value', Date.now() + 60_000)
    for (let index = 0; index < sealed.length; index++) {
      for (const character of ['A', 'B', '.', '_', '0', 'é']) {
        if (sealed[index] === character) continue
        const tampered = sealed.slice(0, index) + character + sealed.slice(index + 1)
        expect(await sealer.unseal('name', tampered), `${character} at ${index}`).toBeUndefined()
      }
    }
  })

  it('refuses a sealed value cut, stretched or put together otherwise', async () => {
    const sealed = await sealer.seal('name', 'value')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sealed.length),
        fc.nat(sealed.length),
        fc.string({ unit: fc.constantFrom('A', '.', '=', '_', ' ', '\0'), maxLength: 3 }),
        async (from, to, middle) => {
          const tampered = sealed.slice(0, from) + middle + sealed.slice(to)
          expect(await sealer.unseal('name', tampered)).toBe(tampered === sealed ? 'value' : undefined)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('refuses what it never sealed, and does not throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await sealer.unseal('name', text)).toBeUndefined()
      }),
    )
    for (const text of [
      '',
      '.',
      '..',
      'value',
      'value.',
      'value..',
      '.AAAA',
      'A'.repeat(100),
      'A'.repeat(38),
    ]) {
      expect(await sealer.unseal('name', text)).toBeUndefined()
    }
  })

  it('binds the value to its name', async () => {
    const sealed = await sealer.seal('role', 'admin')
    for (const name of ['user', 'Role', 'role ', '', 'rol']) {
      expect(await sealer.unseal(name, sealed)).toBeUndefined()
    }
  })

  it('keeps name and value apart', async () => {
    const sealed = await sealer.seal('a', 'b.c')
    expect(await sealer.unseal('a","b', sealed)).toBeUndefined()
    expect(await sealer.unseal('ab', sealed.replace('b.', ''))).toBeUndefined()
  })

  it('refuses what another secret sealed', async () => {
    expect(await create(other).unseal('a', await sealer.seal('a', '1'))).toBeUndefined()
  })

  it('refuses what the same secret sealed the other way', async () => {
    expect(await sealer.unseal('a', await createOther(secret).seal('a', '1'))).toBeUndefined()
  })

  it('seals with the first secret and opens with any', async () => {
    const before = await create(secret).seal('a', 'old')
    const rotated = create([other, secret])
    expect(await rotated.unseal('a', before)).toBe('old')
    const after = await rotated.seal('a', 'new')
    expect(await create(other).unseal('a', after)).toBe('new')
    expect(await create(secret).unseal('a', after)).toBeUndefined()
  })

  it('refuses a value from the moment it ends', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const sealed = await sealer.seal('a', '1', 1_005_000)
    vi.setSystemTime(1_004_999)
    expect(await sealer.unseal('a', sealed)).toBe('1')
    vi.setSystemTime(1_005_000)
    expect(await sealer.unseal('a', sealed)).toBeUndefined()
    expect(await sealer.unseal('a', await sealer.seal('a', '1', -5))).toBeUndefined()
  })

  it('outlines a sealed value at its length', async () => {
    await fc.assert(
      fc.asyncProperty(value, fc.option(fc.nat(), { nil: undefined }), async (value, ends) => {
        expect(sealer.outline('a', value, ends)).toHaveLength((await sealer.seal('a', value, ends)).length)
      }),
    )
  })

  it('refuses half of a surrogate pair, naming the cookie', async () => {
    const message = 'Cannot seal the cookie "a": its value is not well-formed text'
    await expect(sealer.seal('a', '\ud800')).rejects.toThrow(new TypeError(message))
    expect(() => sealer.outline('a', '\ud800')).toThrow(new TypeError(message))
  })

  it.each([
    ['', 'cookies: secrets must be strings of at least 32 characters, got one of 0 at index 0'],
    ['x'.repeat(31), 'cookies: secrets must be strings of at least 32 characters, got one of 31 at index 0'],
    [
      [secret, 'short'],
      'cookies: secrets must be strings of at least 32 characters, got one of 5 at index 1',
    ],
    [[secret, 7], 'cookies: secrets must be strings of at least 32 characters, got number at index 1'],
    [null, 'cookies: secrets must be strings of at least 32 characters, got null at index 0'],
    [[], 'cookies: secrets must have at least one secret, got an empty list'],
  ])('refuses the secrets %j', (secrets, message) => {
    expect(() => create(secrets as string)).toThrow(new TypeError(message))
  })
})

describe('createSigner', () => {
  it('opens what was sealed before, by any version', async () => {
    const sealed = 'ada..BL9c8V_3l-DNR7gZ97o1m1BlnX3QI8JsnV2owuXd_T8'
    expect(await createSigner(secret).unseal('user', sealed)).toBe('ada')
  })

  it('leaves the value readable, and gives one value one text', async () => {
    const signer = createSigner(secret)
    const sealed = await signer.seal('user', 'ada lovelace')
    expect(sealed).toMatch(/^ada lovelace\.\.[\w-]{43}$/)
    expect(await signer.seal('user', 'ada lovelace')).toBe(sealed)
  })
})

describe('createEncrypter', () => {
  it('opens what was sealed before, by any version', async () => {
    const sealed = 'yQUM1TQwRSIyUfpx4wv7-wmmgZDt7M-spR3PCfIp4MY'
    expect(await createEncrypter(secret).unseal('user', sealed)).toBe('ada')
  })

  it('hides the value, and never gives the same text twice', async () => {
    const encrypter = createEncrypter(secret)
    const sealed = await Promise.all(
      Array.from({ length: 100 }, () => encrypter.seal('user', 'ada lovelace')),
    )
    expect(new Set(sealed).size).toBe(100)
    for (const text of sealed) {
      expect(text).toMatch(/^[\w-]+$/)
      expect(atob(text.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain('ada')
    }
  })
})
