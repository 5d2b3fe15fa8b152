import { text } from '@tsgi/core'
import { createEnviron } from '@tsgi/core/gateway'
import { type ClientInit, type ClientOptions, client, testEnviron } from '@tsgi/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { devtools } from './devtools.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Returns the response to a request for the page. */
async function open(path = '', options: ClientOptions = {}, init?: ClientInit): Promise<Response> {
  return client(
    devtools()(() => text('the application')),
    options,
  ).get(`/__tsgi${path}`, init)
}

describe('the page of the devtools', () => {
  it.each([
    ['127.0.0.1', 'http://localhost:8000'],
    ['::1', 'http://[::1]:8000'],
    ['::ffff:127.0.0.1', 'http://127.0.0.1'],
    ['127.0.0.1', 'https://app.localhost'],
  ])('is shown to %s at %s', async (remoteAddress, baseUrl) => {
    expect((await open('', { remoteAddress, baseUrl })).status).toBe(200)
  })

  it.each<[string, ClientOptions, Record<string, string>?]>([
    ['another machine', { remoteAddress: '192.168.1.7' }],
    ['a client without an address', { remoteAddress: '' }],
    ['another host, as with DNS rebinding', { baseUrl: 'http://evil.example:8000' }],
    ['a host that only looks local', { baseUrl: 'http://127.0.0.1.evil.example' }],
    ['a client behind a proxy', {}, { 'x-forwarded-for': '127.0.0.1' }],
    ['a client behind a tunnel', {}, { 'cf-connecting-ip': '192.168.1.7' }],
    ['a client behind a proxy that only says how it was called', {}, { 'x-forwarded-proto': 'https' }],
    ['a script of another site', {}, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    [
      'a frame of another port',
      {},
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
  ])('and its files are refused to %s', async (_, options, headers = {}) => {
    for (const path of ['', '/changes', '/devtools.js']) {
      const response = await open(path, options, { headers })
      expect(response.status).toBe(403)
      expect(await response.text()).toMatch(/^This page is not available\. It /)
    }
  })

  it.each([
    ['there are several processes', { gateway: { ...testEnviron('/').gateway, multiprocess: true } }],
    ['a proxy such as nginx sends the request, without saying so', { protocol: 'HTTP/1.0' }],
  ])('is refused if %s', async (_, members) => {
    const outer = testEnviron('/__tsgi')
    const values = Object.entries(members).map(([name, value]) => [name, { value }])
    const environ = createEnviron(Object.create(outer, Object.fromEntries(values)), outer)
    expect((await devtools()(() => text(''))(environ)).status).toBe(403)
  })

  it('can be opened by a link on another site', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect((await open('', {}, { headers })).status).toBe(200)
  })

  it('allows only its own files, and no page may embed it', async () => {
    const response = await open()
    const policy = response.headers.get('content-security-policy')
    expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const page = await response.text()
    expect(page).not.toMatch(/ style=| on\w+=|<style|javascript:/)
    const files = [...page.matchAll(/(?:href|src)="(\.[^"]+)"/g)].map(([, url]) => url!)
    expect(files).toHaveLength(3)
    for (const url of files) {
      expect((await open(url.replace('./__tsgi', ''))).status, url).toBe(200)
    }
  })

  it('has no other paths and methods', async () => {
    expect((await open('/nothing')).status).toBe(404)
    expect((await open('/__proto__')).status).toBe(404)
    const slash = await open('/')
    expect(slash.headers.get('location')).toBe('../__tsgi')
    const posted = await client(devtools()(() => text(''))).post('/__tsgi')
    expect(posted.status).toBe(405)
  })

  it('tells open pages about requests', async () => {
    const web = client(devtools()(() => text('')))
    const reader = (await web.get('/__tsgi/changes')).body!.getReader()
    const next = async () => new TextDecoder().decode((await reader.read()).value)
    const first = await next()
    expect(first).toMatch(/^retry: 500\ndata: \d+-0\n\n$/)
    const second = next()
    await web.get('/')
    expect(await second).not.toBe(first)
    await reader.cancel()
  })
})

describe('devtools', () => {
  it('throws in production', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(() => devtools()).toThrow("NODE_ENV is 'production'")
  })

  it('keeps the routes of the application', () => {
    const routes = () => []
    expect(devtools()(Object.assign(() => text(''), { routes }))).toHaveProperty('routes', routes)
  })
})
