import { cookies } from '@tsgi/cookies'
import { json, stack } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { assert, asyncProperty, constantFrom, oneof, string, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedStores } from '../test/stores.ts'
import { cookieStore } from './cookie.ts'
import { session } from './session.ts'
import type { SessionOptions } from './sessions.ts'

const secret = 'a secret for tests of 32 characters'

/** What a client may send as its session: anything a header can hold. */
const value = oneof(
  stringMatching(/^[\w-]{32}$/),
  stringMatching(/^[\w%.=-]{0,80}$/),
  string({ unit: 'binary-ascii' }).map((text) => text.replace(/[\0\r\n]/g, '')),
  constantFrom('%', '%00', '%ff', '{"moved":"x"}', '__proto__', 'x'.repeat(5000)),
)

const kinds: readonly (readonly [string, () => SessionOptions])[] = [
  ...sharedStores.map(([name, make]) => [name, () => ({ secret, store: make() })] as const),
  ['the cookie', () => ({ store: cookieStore() })],
]

describe.each(kinds)('a made-up session cookie, with sessions in %s', (_, options) => {
  it('is as good as none: it reads nothing, and what is written gets an id of its own', async () => {
    const web = stack(cookies({ secrets: secret }), session(options()))
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
