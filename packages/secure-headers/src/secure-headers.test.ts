import {
  type Application,
  empty,
  HttpError,
  json,
  mount,
  redirect,
  stack,
  stream,
  text,
  toFetch,
  withHeaders,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { csrf } from '@tsgi/csrf'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { NONCE, type SecureHeadersOptions, secureHeaders, strictPolicy } from './index.ts'

const app: Application = () => text('reached')
const own = "default-src 'self'"

async function headersOf(
  options?: SecureHeadersOptions,
  inner: Application = app,
  baseUrl = 'https://example.com',
) {
  const browser = client(stack(secureHeaders(options))(inner), { baseUrl, errors: { write() {} } })
  return (await browser.get('/')).headers
}

const all = (headers: Headers) => Object.fromEntries([...headers].filter(([name]) => name !== 'content-type'))

describe('the defaults', () => {
  it('are these headers', async () => {
    expect(all(await headersOf())).toEqual({
      'content-security-policy': expect.stringMatching(
        /^default-src 'self'; script-src 'self' 'nonce-[\w+/]{22}'; style-src 'self' 'nonce-[\w+/]{22}'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'$/,
      ),
      'cross-origin-opener-policy': 'same-origin-allow-popups',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    })
  })

  it('can be turned off one by one', async () => {
    const options = {
      contentSecurityPolicy: false,
      strictTransportSecurity: false,
      referrerPolicy: false,
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: false,
      permissionsPolicy: false,
      reportOnly: false,
    } as const
    expect(all(await headersOf(options))).toEqual({ 'x-content-type-options': 'nosniff' })
  })

  it('apply to options that are undefined', async () => {
    expect(
      Object.keys(all(await headersOf({ contentSecurityPolicy: undefined, reportOnly: undefined }))),
    ).toEqual(Object.keys(all(await headersOf())))
  })
})

describe('the nonce', () => {
  it('is another one for each request, and the same in the environ and in every policy', async () => {
    const web = stack(
      secureHeaders({
        reportOnly: { 'script-src': NONCE },
        contentSecurityPolicy: { 'script-src': [NONCE], 'style-src': ["'self'", NONCE] },
      }),
    )(({ nonce }) => text(nonce))
    const seen = new Set<string>()
    for (let n = 0; n < 600; n++) {
      const response = await client(web).get('/')
      const nonce = await response.text()
      expect(nonce).toMatch(/^[\w+/]{22}$/)
      expect(response.headers.get('content-security-policy')).toBe(
        `script-src 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'`,
      )
      expect(response.headers.get('content-security-policy-report-only')).toBe(`script-src 'nonce-${nonce}'`)
      seen.add(nonce)
    }
    expect(seen.size).toBe(600)
  })

  it.each<[string, SecureHeadersOptions, string, string]>([
    [
      'the policy that only reports',
      { contentSecurityPolicy: { 'default-src': "'self'" }, reportOnly: { 'script-src': [NONCE] } },
      own,
      "script-src 'nonce-",
    ],
    [
      'the enforced policy',
      { contentSecurityPolicy: { 'script-src': [NONCE] }, reportOnly: { 'default-src': "'self'" } },
      "script-src 'nonce-",
      own,
    ],
    [
      'no policy',
      { contentSecurityPolicy: { 'default-src': "'self'" }, reportOnly: { 'default-src': "'self'" } },
      own,
      own,
    ],
  ])('can be in %s', async (_, options, enforced, reported) => {
    const headers = await headersOf(options)
    expect(headers.get('content-security-policy')).toContain(enforced)
    expect(headers.get('content-security-policy-report-only')).toContain(reported)
  })

  it('is not in the environ if no policy has one', async () => {
    const keys = async (options: SecureHeadersOptions) => {
      const inner: Application = (environ) => json('nonce' in environ)
      return (await client(secureHeaders(options)(inner)).get('/')).json()
    }
    expect(await keys({})).toBe(true)
    expect(await keys({ contentSecurityPolicy: false, reportOnly: { 'script-src': NONCE } })).toBe(true)
    expect(await keys({ contentSecurityPolicy: { 'default-src': "'self'" } })).toBe(false)
    expect(await keys({ contentSecurityPolicy: false })).toBe(false)
  })

  it('is not sent with a 304, whose fields would replace those of the page in the cache', async () => {
    const headers = await headersOf({ reportOnly: { 'default-src': "'self'" } }, () =>
      empty(304, { headers: { etag: '"1"' } }),
    )
    expect(headers.get('content-security-policy')).toBeNull()
    expect(headers.get('content-security-policy-report-only')).toBe(own)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('etag')).toBe('"1"')
  })

  it('belongs to the inner policy if two are nested, and the outer policy is left out', async () => {
    const inner = secureHeaders({ contentSecurityPolicy: { 'script-src': NONCE } })(({ nonce }) =>
      text(nonce),
    )
    const outside: Application<{ nonce: string }> = ({ nonce }) => text(nonce)
    const site = secureHeaders()(mount('/admin', inner)(outside))
    for (const path of ['/admin', '/']) {
      const response = await client(site).get(path)
      expect(response.headers.get('content-security-policy')).toContain(`'nonce-${await response.text()}'`)
    }
    const admin = (await client(site).get('/admin')).headers.get('content-security-policy')
    expect(admin).toMatch(/^script-src 'nonce-[\w+/]{22}'$/)
  })
})

describe('Strict-Transport-Security', () => {
  const hsts = async (baseUrl: string, options?: SecureHeadersOptions) =>
    (await headersOf(options, app, baseUrl)).get('strict-transport-security')

  it.each([
    ['https://example.com', true],
    ['https://example.com:8443', true],
    ['https://a.localhost.example.com', true],
    ['https://1.example.com', true],
    ['https://intranet', true],
    ['http://example.com', false],
    ['https://localhost', false],
    ['https://localhost:8443', false],
    ['https://app.localhost', false],
    ['https://127.0.0.1', false],
    ['https://192.168.1.5:8443', false],
    ['https://[::1]', false],
    ['https://[2001:db8::5]:8443', false],
  ])('is sent over HTTPS to names, not to addresses and localhost: %s', async (baseUrl, expected) => {
    expect((await hsts(baseUrl)) !== null).toBe(expected)
  })

  it('has its options', async () => {
    const sent = (strictTransportSecurity: NonNullable<SecureHeadersOptions['strictTransportSecurity']>) =>
      hsts('https://example.com', { strictTransportSecurity })
    expect(await sent({ maxAge: 0 })).toBe('max-age=0')
    expect(await sent({ maxAge: '5m', includeSubDomains: false })).toBe('max-age=300')
    expect(await sent({ maxAge: 63_072_000, includeSubDomains: true, preload: true })).toBe(
      'max-age=63072000; includeSubDomains; preload',
    )
  })
})

describe('upgrade-insecure-requests', () => {
  const policy = async (
    contentSecurityPolicy: SecureHeadersOptions['contentSecurityPolicy'],
    baseUrl: string,
  ) => (await headersOf({ contentSecurityPolicy }, app, baseUrl)).get('content-security-policy')

  it('is sent only if asked for, and only over HTTPS', async () => {
    const asked = { 'upgrade-insecure-requests': true, 'default-src': "'self'" } as const
    expect(await policy(asked, 'https://example.com')).toBe(`upgrade-insecure-requests; ${own}`)
    expect(await policy(asked, 'http://example.com')).toBe(own)
    expect(await policy({ ...asked, 'upgrade-insecure-requests': false }, 'https://example.com')).toBe(own)
    expect(await policy({ 'upgrade-insecure-requests': true }, 'http://example.com')).toBeNull()
    expect(await policy(undefined, 'https://example.com')).not.toContain('upgrade')
  })
})

describe('X-Frame-Options', () => {
  it.each<[SecureHeadersOptions['contentSecurityPolicy'], string | null]>([
    [{ 'frame-ancestors': "'none'" }, 'DENY'],
    [{ 'frame-ancestors': ["'none'"] }, 'DENY'],
    [{ 'frame-ancestors': [] }, 'DENY'],
    [{ 'frame-ancestors': ["'self'"] }, 'SAMEORIGIN'],
    [{ 'frame-ancestors': ["'self'", 'https://partner.example'] }, null],
    [{ 'frame-ancestors': '*' }, null],
    [{ 'default-src': "'self'" }, null],
    [false, null],
    [strictPolicy, 'SAMEORIGIN'],
  ])('follows frame-ancestors: %j', async (contentSecurityPolicy, expected) => {
    expect((await headersOf({ contentSecurityPolicy })).get('x-frame-options')).toBe(expected)
  })
})

describe('Permissions-Policy', () => {
  it('is a dictionary of structured fields', async () => {
    const permissionsPolicy = {
      camera: [],
      geolocation: ['self', 'https://a.com'],
      fullscreen: '*',
      usb: ['https://*.example.com'],
    } as const
    expect((await headersOf({ permissionsPolicy })).get('permissions-policy')).toBe(
      'camera=(), geolocation=(self "https://a.com"), fullscreen=*, usb=("https://*.example.com")',
    )
  })
})

describe('a header that the response has', () => {
  it.each([
    ['content-security-policy', "default-src 'none'"],
    ['content-security-policy-report-only', "default-src 'none'"],
    ['cross-origin-resource-policy', 'cross-origin'],
    ['cross-origin-opener-policy', 'unsafe-none'],
    ['referrer-policy', 'no-referrer'],
    ['permissions-policy', 'camera=*'],
    ['x-frame-options', 'DENY'],
    ['x-content-type-options', 'nosniff'],
    ['strict-transport-security', 'max-age=1'],
  ])('is kept, alone: %s', async (name, value) => {
    const options = { reportOnly: { 'default-src': "'self'" }, permissionsPolicy: { camera: [] } } as const
    const headers = await headersOf(options, () => text('', { headers: { [name]: value } }))
    expect(headers.get(name)).toBe(value)
    expect(Object.keys(all(headers)).sort()).toEqual(Object.keys(all(await headersOf(options))).sort())
  })

  it('is removed if it is X-Powered-By', async () => {
    const headers = await headersOf({}, () => text('', { headers: { 'X-Powered-By': 'PHP' } }))
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('is kept if it is Set-Cookie, every one', async () => {
    const cookies = { 'set-cookie': ['a=1', 'b=2'] }
    const headers = await headersOf({}, () => withHeaders(text(''), cookies))
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })
})

describe('every response', () => {
  const broken = () => {
    throw new Error('the password is hunter2')
  }
  const site = stack(
    secureHeaders(),
    csrf(),
  )(
    router({
      '/page': { GET: () => text('page'), POST: app },
      '/redirect': () => redirect('/page'),
      '/immutable': () => Response.redirect('http://localhost/page'),
      '/stream': () => stream(['a', 'b']),
      '/broken': broken,
      '/broken-later': async () => broken(),
      '/too-large': () => {
        throw new HttpError(413)
      },
    }),
  )
  const expected = [
    'content-security-policy',
    'cross-origin-opener-policy',
    'cross-origin-resource-policy',
    'referrer-policy',
    'x-content-type-options',
    'x-frame-options',
  ]
  const missing = ({ headers }: Response) => expected.filter((name) => !headers.has(name))
  const errors: unknown[] = []
  const log = { write: (problem: unknown) => void errors.push(problem) }
  const requests = [
    ['GET', '/page', 200],
    ['HEAD', '/page', 200],
    ['OPTIONS', '/page', 204],
    ['DELETE', '/page', 405],
    ['POST', '/page', 403],
    ['GET', '/redirect', 302],
    ['GET', '/immutable', 302],
    ['GET', '/stream', 200],
    ['GET', '/broken', 500],
    ['GET', '/broken-later', 500],
    ['GET', '/too-large', 413],
    ['GET', '/nowhere', 404],
  ] as const

  it('has the headers, in the test client, on a real server and behind toFetch', async () => {
    await using server = await serve(site, { listen: 'http://127.0.0.1:0', errors: log })
    const browser = client(site, { errors: log })
    const fetched = toFetch(site, { errors: log })
    const senders = [
      (method: string, path: string, headers: Record<string, string>) =>
        browser.request(method, path, { headers }),
      (method: string, path: string, headers: Record<string, string>) =>
        fetch(server.addresses[0] + path, { method, headers, redirect: 'manual' }),
      (method: string, path: string, headers: Record<string, string>) =>
        fetched(new Request(`http://localhost${path}`, { method, headers })),
    ]
    for (const send of senders) {
      for (const [method, path, status] of requests) {
        const sent: Record<string, string> = method === 'POST' ? { origin: 'https://evil.example' } : {}
        const response = await send(method, path, sent)
        expect([method, path, response.status, missing(response)]).toEqual([method, path, status, []])
        await response.body?.cancel()
      }
    }
    // Each error is reported once, not again by the middleware.
    expect(errors).toHaveLength(2 * senders.length)
  })

  it('has them without a stack, too', async () => {
    const response = await client(secureHeaders()(broken), { errors: log }).get('/')
    expect([response.status, missing(response)]).toEqual([500, []])
  })

  it('is not a promise if the application is synchronous', () => {
    expect(secureHeaders()(app)(testEnviron('/'))).toBeInstanceOf(Response)
  })
})
