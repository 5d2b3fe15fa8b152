import {
  type Application,
  empty,
  type Middleware,
  mount,
  readBody,
  type Stack,
  stack,
  text,
  toFetch,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { cors } from '@tsgi/cors'
import { serve } from '@tsgi/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type CsrfOptions, csrf } from './index.ts'

const app: Application = ({ method }) => (method === 'HEAD' ? empty(200) : text('reached'))
const baseUrl = 'https://example.com'
const web = (options?: CsrfOptions) => client(csrf(options)(app), { baseUrl })

async function status(headers: Record<string, string>, options?: CsrfOptions, method = 'POST') {
  return (await web(options).request(method, '/', { headers })).status
}

describe('csrf', () => {
  it.each<[string, RequestInit]>([
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams('a=1') },
    ],
    ['an upload', { body: new FormData() }],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{}' }],
    ['text', { headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['a body without a type', { body: new Uint8Array([123, 125]) }],
    ['nothing', {}],
  ])('rejects a POST with %s that another site sent', async (_, init) => {
    const headers = { ...(init.headers as Record<string, string>), 'sec-fetch-site': 'cross-site' }
    const { body = null } = init
    expect((await web().post('/', { headers, body })).status).toBe(403)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'PROPFIND', 'REPORT'])(
    'rejects a %s that another site sent',
    async (method) => {
      expect(await status({ 'sec-fetch-site': 'cross-site' }, {}, method)).toBe(403)
    },
  )

  it.each(['GET', 'HEAD', 'OPTIONS'])('lets a %s from another site pass', async (method) => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect(await status(headers, {}, method)).toBe(200)
  })

  it('checks a method in lower case, which is another method', () => {
    const environ = testEnviron('/', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(() => csrf()(app)(Object.assign(environ, { method: 'get' }))).toThrow('another site')
  })

  it('lets a request of the same origin pass, even if a proxy has changed Host', async () => {
    expect(await status({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await status({ 'sec-fetch-site': 'same-origin', origin: 'https://public.example' })).toBe(200)
    expect(await status({ 'sec-fetch-site': 'same-origin', origin: 'null' })).toBe(200)
  })

  it('lets a request pass that the user has started, such as from a bookmark', async () => {
    expect(await status({ 'sec-fetch-site': 'none' })).toBe(200)
  })

  it('rejects a sister domain of the same site, unless its origin is trusted', async () => {
    const headers = { 'sec-fetch-site': 'same-site', origin: 'https://blog.example.com' }
    expect(await status(headers)).toBe(403)
    expect(await status(headers, { trustedOrigins: ['https://blog.example.com'] })).toBe(200)
  })

  it('lets clients pass that are not browsers: they send neither field', async () => {
    expect(await status({})).toBe(200)
    expect(await status({ 'sec-fetch-site': '', origin: '' })).toBe(200)
    expect(await status({ referer: 'https://evil.example/', cookie: 'a=1' })).toBe(200)
  })

  it.each(['same-origins', 'Same-Origin', 'same-origin, cross-site', 'unknown'])(
    'rejects the unknown value %s of Sec-Fetch-Site',
    async (site) => {
      expect(await status({ 'sec-fetch-site': site, origin: baseUrl })).toBe(403)
    },
  )

  it('does not let an Origin that looks right excuse a cross-site request', async () => {
    expect(await status({ 'sec-fetch-site': 'cross-site', origin: baseUrl })).toBe(403)
  })

  it.each([
    ['https://example.com', 200],
    ['https://EXAMPLE.com', 200],
    ['https://example.com:443', 200],
    ['http://example.com', 200],
    ['https://example.com.evil.net', 403],
    ['https://evil-example.com', 403],
    ['https://www.example.com', 403],
    ['https://example.com:8443', 403],
    ['http://example.com:443', 403],
    ['https://example.com@evil.net', 403],
    ['https://example.com/', 403],
    ['https://example.com, https://evil.net', 403],
    ['chrome-extension://example.com', 403],
    ['//example.com', 403],
    ['example.com', 403],
    ['null', 403],
  ])('compares Origin with the host if there is no Sec-Fetch-Site: %s', async (origin, expected) => {
    expect(await status({ origin })).toBe(expected)
  })

  it('compares hosts behind a proxy that terminates TLS and is not trusted', async () => {
    const behind = (baseUrl: string, origin: string) =>
      client(csrf()(app), { baseUrl }).post('/', { headers: { origin } })
    expect((await behind('http://example.com', 'https://example.com')).status).toBe(200)
    expect((await behind('http://example.com:443', 'https://example.com')).status).toBe(200)
    expect((await behind('http://example.com:8000', 'https://example.com')).status).toBe(403)
  })

  it('works over HTTP in a local network, where browsers send no Sec-Fetch-Site', async () => {
    for (const origin of ['http://192.168.1.5:8000', 'http://[fd00::5]:8000', 'http://nas']) {
      const local = client(csrf()(app), { baseUrl: origin })
      expect((await local.post('/', { headers: { origin } })).status).toBe(200)
      expect((await local.post('/', { headers: { origin: 'http://192.168.1.6:8000' } })).status).toBe(403)
    }
  })

  it('lets trusted origins pass, and no origin that resembles them', async () => {
    const options = { trustedOrigins: ['https://pay.example', 'capacitor://localhost'] }
    for (const site of ['cross-site', '']) {
      const from = (origin: string) => status({ 'sec-fetch-site': site, origin }, options)
      expect(await from('https://pay.example')).toBe(200)
      expect(await from('capacitor://localhost')).toBe(200)
      expect(await from('https://pay.example.net')).toBe(403)
      expect(await from('http://pay.example')).toBe(403)
      expect(await from('https://pay.example:8443')).toBe(403)
    }
  })

  it('reaches neither the application nor the body of a rejected request', async () => {
    let reached = 0
    const read: Application = async (environ) => {
      reached++
      return text(String((await readBody(environ, 100)).length))
    }
    const body = new ReadableStream(
      {
        pull() {
          reached++
        },
      },
      { highWaterMark: 0 },
    )
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await client(csrf()(read)).post('/', { headers, body })).status).toBe(403)
    expect(reached).toBe(0)
  })

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }, 'Sec-Fetch-Site: cross-site'],
    [{ 'sec-fetch-site': 'same-site' }, 'Sec-Fetch-Site: same-site'],
    [{ 'sec-fetch-site': '<odd>' }, 'unknown value in Sec-Fetch-Site'],
    [{ origin: 'null' }, 'Origin: null'],
    [{ origin: 'https://evil.example' }, 'The Origin of the request is not the host'],
  ])('says in problem details which rule rejected %j', async (headers, rule) => {
    const response = await web().post('/', { headers: headers as Record<string, string> })
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: expect.stringContaining(rule),
    })
  })

  it('does not check a mount outside of it, and no path that resembles the mount', async () => {
    const hooks: Application = () => text('hook')
    const browser = client(stack(mount('/hooks', hooks), csrf())(app), { baseUrl })
    const sent = async (path: string) =>
      (await browser.post(path, { headers: { origin: 'https://shop.example' } })).status
    expect(await sent('/hooks')).toBe(200)
    expect(await sent('/hooks/')).toBe(200)
    expect(await sent('/hooks/paid')).toBe(200)
    expect(await sent('/hooks/../pay')).toBe(403)
    expect(await sent('/hooks/%2e%2e/pay')).toBe(403)
    expect(await sent('/hooksome')).toBe(403)
    expect(await sent('/Hooks')).toBe(403)
    expect(await sent('/pay/hooks')).toBe(403)
  })

  it('protects a mount alone', async () => {
    const browser = client(mount('/admin', csrf()(app))(app), { baseUrl })
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await browser.post('/admin/users', { headers })).status).toBe(403)
    expect((await browser.post('/', { headers })).status).toBe(200)
  })

  it('lets cors answer preflights and add its fields to the 403', async () => {
    const origin = 'https://app.example'
    const browser = client(stack(cors({ origin }), csrf())(app), { baseUrl })
    const preflight = await browser.options('/', {
      headers: { origin, 'access-control-request-method': 'DELETE', 'sec-fetch-site': 'cross-site' },
    })
    expect(preflight.status).toBe(204)
    const response = await browser.delete('/', { headers: { origin, 'sec-fetch-site': 'cross-site' } })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  })

  it('has no promise of its own', () => {
    const environ = testEnviron('/', { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })
    expect(csrf()(app)(environ)).toBeInstanceOf(Response)
  })

  it('rejects requests on a real server and behind toFetch', async () => {
    const guarded = stack(csrf())(app)
    await using server = await serve(guarded, { listen: 'http://127.0.0.1:0' })
    const address = server.addresses[0]!
    const fetched = toFetch(guarded)
    for (const send of [fetch, (url: string, init: RequestInit) => fetched(new Request(url, init))]) {
      const post = async (headers: Record<string, string>) =>
        (await send(address, { method: 'POST', headers })).status
      expect(await post({ origin: address })).toBe(200)
      expect(await post({ origin: 'http://127.0.0.1:1' })).toBe(403)
      expect(await post({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    }
  })
})

describe('the options', () => {
  it.each([
    [
      { trustedOrigins: 'https://a.com' },
      'csrf: trustedOrigins must be a list of origins, got "https://a.com"',
    ],
    [{ trustedOrigins: ['a.com'] }, 'got "a.com". Add the scheme: \'https://a.com\''],
    [{ trustedOrigins: ['https://b.com', 'https://a.com/'] }, 'csrf: trustedOrigins[1] must be an origin'],
    [{ trustedOrigins: ['https://a.com/pay'] }, "Write 'https://a.com'"],
    [{ trustedOrigins: ['https://A.com:443'] }, "Write 'https://a.com'"],
    [{ trustedOrigins: ['https://*.a.com'] }, "'*' is not allowed here"],
    [{ trustedOrigins: ['*'] }, 'must be an origin'],
    [{ trustedOrigins: ['null'] }, 'must be an origin'],
    [{ trustedOrigins: ['https://user@a.com'] }, "Write 'https://a.com'"],
    [{ trustedOrigins: ['https://a.com,https://b.com'] }, 'Pass several origins as a list'],
    [{ trustedOrigins: [''] }, 'got ""'],
    [{ trustedOrigins: [undefined] }, 'got undefined'],
    [{ trusted: [] }, "csrf: unknown option 'trusted'; known: trustedOrigins"],
    [{ trustedOrigin: [] }, "csrf: unknown option 'trustedOrigin', did you mean 'trustedOrigins'?"],
    [null, 'csrf: options must be an object, got null'],
  ] as unknown as [CsrfOptions, string][])(
    'are checked when the middleware is created: %j',
    (options, message) => {
      expect(() => csrf(options)).toThrow(TypeError)
      expect(() => csrf(options)).toThrow(message)
    },
  )
})

describe('the types', () => {
  it('say that it provides nothing and requires nothing', () => {
    expectTypeOf(csrf()).toEqualTypeOf<Middleware>()
    expectTypeOf(stack(csrf())).toEqualTypeOf<Stack<object, object>>()
  })
})
