import { cookies, parseCookies } from '@tsgi/cookies'
import { empty, json } from '@tsgi/core'
import { CookieJar, client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cookieFields, values } from './cookie-fields.ts'
import { dates } from './dates.ts'
import { domains, paths, schemes } from './scopes.ts'
import { stored } from './stored.ts'

/** Returns the `Cookie` field of a request after responses with these `Set-Cookie` fields. */
function cookieAfter(fields: readonly string[], to: string, from = to): string {
  const jar = new CookieJar()
  for (const field of fields) jar.store(field, new URL(from))
  return jar.header(new URL(to))
}

const HOME = 'https://a.example/x'

describe('the jar of the test client stores, as a browser does,', () => {
  it.each(stored)('%s: %j', (_, fields, expected) => {
    expect(cookieAfter(fields, HOME)).toBe(expected)
  })
})

describe('the jar of the test client, asked whether a cookie is sent,', () => {
  it.each([...domains, ...paths, ...schemes])(
    'takes %j from %s to %s: %s',
    (attributes, from, to, isSent) => {
      expect(cookieAfter([`a=1; ${attributes}`], to, from)).toBe(isSent ? 'a=1' : '')
    },
  )
})

describe('the Expires of a cookie', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-06-01') })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each(dates)('%j is %s: %s', (expires, is) => {
    const jar = new CookieJar()
    jar.store(`a=1; Expires=${expires}`, new URL(HOME))
    expect(jar.get('a')).toBe(is === 'past' ? undefined : '1')
    // A cookie without a valid date lasts as long as the browser runs; no other lasts longer than 400 days.
    vi.setSystemTime(new Date('2027-12-01'))
    expect(jar.get('a')).toBe(is === 'invalid' ? '1' : undefined)
  })
})

describe('a server reads from a Cookie field', () => {
  it.each(cookieFields)('%s: %j', (_, field, expected) => {
    expect({ ...parseCookies(field) }).toEqual(expected)
  })
})

describe('an application that sets a cookie gets back', () => {
  const web = client(
    cookies()(async ({ method, request, cookies }) => {
      if (method === 'GET') return json(cookies.get('a') ?? null)
      cookies.set('a', await request.text())
      return empty()
    }),
  )

  it.each(values)('%s: %j', async (_, value) => {
    await web.post('/', { body: value, headers: { 'content-type': 'text/plain' } })
    expect(await (await web.get('/')).json()).toBe(value)
  })
})
