import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type JwtAuthOptions, jwtAuth } from './jwt-auth.ts'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>
let pair: Pair
let other: Pair
beforeAll(async () => {
  pair = await generateKeyPair('ES256', { extractable: true })
  other = await generateKeyPair('ES256', { extractable: true })
})
afterEach(() => {
  vi.useRealTimers()
})

const options = {
  issuer: 'https://id.example',
  audience: 'https://api.example',
  algorithms: ['ES256'],
} as const
const now = () => Math.floor(Date.now() / 1000)

function claims(changes: { [name in keyof JWTPayload]?: JWTPayload[name] | undefined } = {}): JWTPayload {
  return {
    sub: 'ada',
    iss: options.issuer,
    aud: options.audience,
    iat: now(),
    exp: now() + 300,
    ...changes,
  } as JWTPayload
}

function sign(payload: JWTPayload, { privateKey } = pair, header: Record<string, unknown> = {}) {
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey)
}

function apiWith(more: Partial<JwtAuthOptions>) {
  const tokens = jwtAuth({ ...options, ...more, optional: false } as JwtAuthOptions & { optional: false })
  return client(
    tokens(({ token }) => json(token.claims.sub)),
    { errors: { write() {} } },
  )
}

async function statusOf(api: ReturnType<typeof apiWith>, token: string) {
  return (await api.get('/', { headers: { authorization: `Bearer ${token}` } })).status
}

describe('jwtAuth', () => {
  it('provides the claims and the header of a valid token', async () => {
    const tokens = jwtAuth({ ...options, key: pair.publicKey })
    const api = client(tokens(({ token }) => json([token.claims.sub, token.header.alg])))
    const response = await api.get('/', { headers: { authorization: `Bearer ${await sign(claims())}` } })
    expect(await response.json()).toEqual(['ada', 'ES256'])
  })

  it.each<[string, () => JWTPayload]>([
    ['another audience', () => claims({ aud: 'https://other.example' })],
    ['no audience', () => claims({ aud: undefined })],
    ['another issuer', () => claims({ iss: 'https://evil.example' })],
    ['no issuer', () => claims({ iss: undefined })],
    ['an end in the past', () => claims({ exp: now() - 40 })],
    ['no end', () => claims({ exp: undefined })],
    ['a beginning in the future', () => claims({ nbf: now() + 60 })],
    ['an issue in the future', () => claims({ iat: now() + 60 })],
  ])('rejects a token with %s', async (_, payload) => {
    const api = apiWith({ key: pair.publicKey })
    const response = await api.get('/', { headers: { authorization: `Bearer ${await sign(payload())}` } })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ])
  })

  it.each<[string, () => JWTPayload]>([
    ['an end', () => claims({ exp: now() - 5 })],
    ['a beginning', () => claims({ nbf: now() + 2 })],
    ['an issue', () => claims({ iat: now() + 5 })],
    ['several audiences', () => claims({ aud: ['https://other.example', options.audience] })],
  ])('accepts %s within the tolerance', async (_, payload) => {
    expect(await statusOf(apiWith({ key: pair.publicKey }), await sign(payload()))).toBe(200)
  })

  it('rejects a token of another key, without a signature, and with another algorithm', async () => {
    const api = apiWith({ key: pair.publicKey })
    const good = await sign(claims())
    const [header, payload, signature] = good.split('.')
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const jwk = await exportJWK(pair.publicKey)
    const publicText = new TextEncoder().encode(JSON.stringify(jwk))
    for (const token of [
      await sign(claims(), other),
      `${encode({ alg: 'none' })}.${payload}.`,
      `${header}.${payload}.`,
      `${header}.${encode(claims({ sub: 'eve' }))}.${signature}`,
      // The public key used as a secret.
      await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(publicText),
      // The key of the attacker inside the token.
      await sign(claims(), other, { jwk: await exportJWK(other.publicKey) }),
      'a.b.c',
      `${good}x`,
    ]) {
      expect(await statusOf(api, token)).toBe(401)
    }
    expect(await statusOf(api, good)).toBe(200)
  })

  it('accepts a shared secret', async () => {
    const key = crypto.getRandomValues(new Uint8Array(32))
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(key)
    expect(await statusOf(apiWith({ algorithms: ['HS256'], key }), token)).toBe(200)
  })

  it('rejects a token of a secret if the key of the set has no algorithm', async () => {
    const { alg: _, ...jwk } = await exportJWK(pair.publicKey)
    const api = apiWith({ jwks: { keys: [jwk] } })
    const secret = new TextEncoder().encode(JSON.stringify(jwk))
    const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(secret)
    expect(await statusOf(api, forged)).toBe(401)
    expect(await statusOf(api, await sign(claims()))).toBe(200)
  })

  it('lets a request without a token through if it is optional', async () => {
    const tokens = jwtAuth({ ...options, key: pair.publicKey, optional: true })
    const api = client(tokens(({ token }) => json(token?.claims.sub ?? null)))
    expect(await (await api.get('/')).json()).toBe(null)
    expect((await api.get('/', { headers: { authorization: 'Bearer a.b.c' } })).status).toBe(401)
  })
})

describe('the keys of a URL', () => {
  async function issuer() {
    let requests = 0
    let isDown = false
    let keys: object[] = []
    const server = createServer((_, response) => {
      requests++
      if (isDown) response.destroy()
      else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
      requests: () => requests,
      setDown: (value: boolean) => {
        isDown = value
      },
      async publish(pairs: Record<string, Pair>) {
        keys = await Promise.all(
          Object.entries(pairs).map(async ([kid, { publicKey }]) => ({
            ...(await exportJWK(publicKey)),
            kid,
          })),
        )
      },
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }
  const timers = { toFake: ['Date', 'performance'] } as { toFake: ('Date' | 'performance')[] }

  it('are fetched again for a new key, but not for each made-up one', async () => {
    vi.useFakeTimers(timers)
    await using id = await issuer()
    await id.publish({ old: pair })
    const api = apiWith({ jwks: id.url })
    expect(await statusOf(api, await sign(claims(), pair, { kid: 'old' }))).toBe(200)
    expect(id.requests()).toBe(1)

    await id.publish({ old: pair, new: other })
    vi.setSystemTime(Date.now() + 31_000)
    expect(await statusOf(api, await sign(claims(), other, { kid: 'new' }))).toBe(200)
    expect(id.requests()).toBe(2)

    const token = await sign(claims(), other, { kid: 'made-up' })
    const statuses = new Set<number>()
    for (let n = 0; n < 200; n++) statuses.add(await statusOf(api, token))
    expect([...statuses]).toEqual([401])
    expect(id.requests()).toBe(2)
  })

  it('are fetched again for a new key right after they were fetched, once for all requests', async () => {
    await using id = await issuer()
    await id.publish({ old: pair })
    const api = apiWith({ jwks: id.url })
    expect(await statusOf(api, await sign(claims(), pair, { kid: 'old' }))).toBe(200)
    await id.publish({ new: other })
    const token = await sign(claims(), other, { kid: 'new' })
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(api, token)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(id.requests()).toBe(2)
    expect(await statusOf(api, await sign(claims(), pair, { kid: 'old' }))).toBe(401)
  })

  it('are fetched at most once in 30 seconds for made-up keys, and a new key waits for as long', async () => {
    vi.useFakeTimers(timers)
    await using id = await issuer()
    await id.publish({ old: pair })
    const api = apiWith({ jwks: id.url })
    const madeUp = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => sign(claims(), other, { kid: `made-up-${n}` })),
    )
    for (const token of madeUp) expect(await statusOf(api, token)).toBe(401)
    expect(id.requests()).toBe(1)

    await id.publish({ new: other })
    const token = await sign(claims(), other, { kid: 'new' })
    expect(await statusOf(api, token)).toBe(401)
    vi.setSystemTime(Date.now() + 31_000)
    vi.advanceTimersByTime(31_000)
    expect(await statusOf(api, token)).toBe(200)
    expect(id.requests()).toBe(2)
  })

  it('stay valid while the issuer is down; a token with an unknown key gets 503', async () => {
    vi.useFakeTimers(timers)
    await using id = await issuer()
    await id.publish({ known: pair })
    const api = apiWith({ jwks: id.url })
    expect(await statusOf(api, await sign(claims(), pair, { kid: 'known' }))).toBe(200)

    id.setDown(true)
    // The keys are older than they may be.
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(await statusOf(api, await sign(claims(), pair, { kid: 'known' }))).toBe(200)
    const unknown = await sign(claims(), other, { kid: 'new' })
    const before = id.requests()
    for (let n = 0; n < 50; n++) {
      const response = await api.get('/', { headers: { authorization: `Bearer ${unknown}` } })
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    }
    expect(id.requests()).toBeLessThanOrEqual(before + 1)

    id.setDown(false)
    await id.publish({ known: pair, new: other })
    vi.setSystemTime(Date.now() + 31_000)
    vi.advanceTimersByTime(31_000)
    expect(await statusOf(api, await sign(claims(), other, { kid: 'new' }))).toBe(200)
  })

  it('that were never fetched give 503', async () => {
    await using id = await issuer()
    id.setDown(true)
    expect(await statusOf(apiWith({ jwks: id.url }), await sign(claims(), pair, { kid: 'a' }))).toBe(503)
  })
})

describe('options', () => {
  const key = new Uint8Array(32)
  it.each<[Record<string, unknown>, string]>([
    [{ issuer: undefined }, 'issuer must be text that is not empty, got undefined'],
    [{ audience: undefined }, 'audience must be text, or a list of texts, got undefined'],
    [{ audience: [] }, 'audience must be text, or a list of texts, got an array'],
    [{ algorithms: undefined }, 'algorithms must be a list of algorithms, got undefined'],
    [{ algorithms: ['none'] }, 'algorithms must be a list of HS256'],
    [{ algorithms: ['HS256', 'ES256'] }, 'algorithms must not mix those of secrets and of public keys'],
    [{}, 'either jwks or key is required'],
    [{ key, jwks: { keys: [] } }, 'either jwks or key is required'],
    [{ key }, 'key must be a public key, got an instance of Uint8Array'],
    [{ key: 'my secret' }, 'key must be a public key, got text'],
    [{ key: createSecretKey(key) }, 'key must be a public key, got a secret key'],
    [{ key: generateKeyPairSync('ed25519').privateKey }, 'key must be a public key, got a private key'],
    [{ key: {} }, 'key must be a public key, got an instance of Object'],
    [
      { algorithms: ['HS256'], key: 'my secret' },
      'key must be a secret as a Uint8Array for HS256, HS384 and HS512, got text',
    ],
    [{ algorithms: ['HS256'], key: new Uint8Array(31) }, 'key must have at least 32 bytes, got 31'],
    [
      { algorithms: ['HS256'], jwks: { keys: [] } },
      'jwks must not be used with HS256, HS384 and HS512; pass key',
    ],
    [{ jwks: 'http://id.example/jwks' }, 'jwks must be an https URL or a JSON Web Key Set'],
    [{ jwks: 'ftp://127.0.0.1/' }, 'jwks must be an https URL or a JSON Web Key Set'],
    [{ jwks: { keys: [] }, clockTolerance: -1 }, 'clockTolerance must be a duration'],
    [{ jwks: { keys: [] }, optional: 'yes' }, 'optional must be true or false, got "yes"'],
    [{ jwks: { keys: [] }, audiences: 'a' }, "unknown option 'audiences', did you mean 'audience'?"],
  ])('%j are rejected', (changes, message) => {
    expect(() => jwtAuth({ ...options, ...changes } as never)).toThrow(TypeError)
    expect(() => jwtAuth({ ...options, ...changes } as never)).toThrow(`jwtAuth: ${message}`)
  })

  it('that decide about security are required by the types', () => {
    // @ts-expect-error there is no audience
    expect(() => jwtAuth({ issuer: 'a', algorithms: ['ES256'], jwks: { keys: [] } })).toThrow(TypeError)
  })
})
