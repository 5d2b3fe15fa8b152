import { cookies } from '@tsgi/cookies'
import { json, stack } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { assert, asyncProperty, constantFrom, oneof, string, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedStores } from '../test/stores.ts'
import type { SessionOptions } from './options.ts'
import { session } from './session.ts'
import { cookieStore } from './stores/cookie.ts'

const secrets = 'a secret for tests of 32 characters'

/** Any value that a client can send as its session cookie: everything that a header can contain. */
const value = oneof(
  stringMatching(/^[\w-]{32}$/),
  stringMatching(/^[\w%.=-]{0,80}$/),
  string({ unit: 'binary-ascii' }).map((text) => text.replace(/[\0\r\n]/g, '')),
  constantFrom('%', '%00', '%ff', '{"moved":"x"}', '__proto__', 'x'.repeat(5000)),
)

const kinds: readonly (readonly [string, () => SessionOptions])[] = [
  ...sharedStores.map(([name, create]) => [name, () => ({ secrets, store: create() })] as const),
  ['the cookie', () => ({ secrets, store: cookieStore() })],
]

describe.each(kinds)('a forged session cookie, with sessions in %s', (_, options) => {
  it('is ignored, and the visitor gets another id with the next write', async () => {
    const web = stack(cookies(), session(options()))
    const visitor = client(
      web(({ session }) => {
        const found = [session.isNew, session.get('a') ?? null]
        session.set('a', 1)
        return json(found)
      }),
    )
    await assert(
      asyncProperty(value, async (value) => {
        const response = await visitor.get('/', { headers: { cookie: `session=${value}` } })
        expect(await response.json()).toEqual([true, null])
        const [line = ''] = response.headers.getSetCookie()
        expect(line).toMatch(/^session=[\w.-]{32,}; Path/)
        expect(line.startsWith(`session=${value};`)).toBe(false)
      }),
    )
  })
})

describe('a stored session that was moved in a circle', () => {
  it('causes a 500 when the session is destroyed, and no endless loop', async () => {
    const entry = { data: '{"moved":"x"}', expires: Date.now() + 60_000, version: 1 }
    const rejected = () => ({ ok: false as const, current: entry })
    const store = { load: () => entry, commit: rejected, destroy: rejected }
    const destroy = stack(
      cookies(),
      session({ secrets, store }),
    )(({ session }) => {
      session.destroy()
      return json(null)
    })
    const visitor = client(destroy, { errors: { write() {} } })
    const response = await visitor.get('/', { headers: { cookie: `session=${'a'.repeat(32)}` } })
    expect(response.status).toBe(500)
  })
})
