import { text } from '@tsgi/core'
import { testEnviron } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { csrf } from './index.ts'

const trusted = 'https://pay.example'
const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'TRACE']
const sites = [undefined, '', 'same-origin', 'none', 'same-site', 'cross-site', 'SAME-ORIGIN', 'other']
const bases = [
  'https://example.com',
  'http://example.com',
  'https://example.com:8443',
  'http://example.com:443',
  'http://example.com:8000',
  'http://localhost:8000',
  'http://192.168.1.5',
  'http://[::1]:8000',
]
const origins = [
  undefined,
  '',
  'null',
  trusted,
  'https://pay.example:8443',
  'http://pay.example',
  'https://example.com.evil.net',
  'https://evil-example.com',
  'https://sub.example.com',
  'chrome-extension://example.com',
  'not an origin',
  ...bases,
]

interface Sent {
  readonly method: string
  readonly site: string | undefined
  readonly origin: string | undefined
  readonly base: string
}

/** The rules in plain form, in their order. The first one that applies decides whether the request passes. */
const rules: readonly (readonly [name: string, applies: (sent: Sent) => boolean, passes: boolean])[] = [
  ['a safe method', ({ method }) => ['GET', 'HEAD', 'OPTIONS'].includes(method), true],
  ['a page of the same origin', ({ site }) => site === 'same-origin', true],
  ['the user, without a page', ({ site }) => site === 'none', true],
  ['a trusted origin', ({ origin }) => origin === trusted, true],
  ['a page of another origin', ({ site }) => Boolean(site), false],
  ['no browser', ({ origin }) => !origin, true],
  ['an old browser, on the same host', ({ origin, base }) => hostOf(origin!) === hostOf(base), true],
  ['the same host, with TLS at a proxy', ({ origin, base }) => isBehindProxy(origin!, base), true],
  ['any other origin', () => true, false],
]

/** Host and port, with the default port written out. */
function hostOf(origin: string): string | undefined {
  const url = URL.parse(origin)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  return isWeb ? url.host : undefined
}

/** The proxy received https and forwards http with the same Host, which may have port 443. */
function isBehindProxy(origin: string, base: string): boolean {
  const [from, to] = [URL.parse(origin), new URL(base)]
  return (
    from?.protocol === 'https:' &&
    to.protocol === 'http:' &&
    from.hostname === to.hostname &&
    from.port === '' &&
    to.port === '443'
  )
}

it('decides as the written rules do, for all combinations of method, Sec-Fetch-Site, Origin and Host', () => {
  const app = csrf({ trustedOrigins: [trusted] })(() => text('reached'))
  const counts = new Map<string, number>()
  for (const method of methods)
    for (const site of sites)
      for (const origin of origins)
        for (const base of bases) {
          const sent = { method, site, origin, base }
          const [name, , passes] = rules.find(([, applies]) => applies(sent))!
          counts.set(name, (counts.get(name) ?? 0) + 1)
          expect(isAccepted(sent), JSON.stringify(sent)).toBe(passes)
        }
  expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(9 * 8 * 19 * 8)
  expect([...counts.keys()].sort()).toEqual(rules.map(([name]) => name).sort())

  function isAccepted({ method, site, origin, base }: Sent): boolean {
    const headers = {
      ...(site !== undefined && { 'sec-fetch-site': site }),
      ...(origin !== undefined && { origin }),
    }
    // `new Request` does not accept TRACE.
    const environ = Object.assign(testEnviron('/', { headers }, { baseUrl: base }), { method })
    try {
      app(environ)
      return true
    } catch {
      return false
    }
  }
})
