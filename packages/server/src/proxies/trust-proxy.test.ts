import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { json } from '@tsgi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { start } from '../../test/start.ts'
import { tricky } from '../../test/tricky.ts'
import type { ProxyHeaders, TrustProxy } from '../index.ts'
import { clientResolver } from './trust-proxy.ts'

async function view(
  trustProxy: TrustProxy,
  fields: Record<string, string>,
  proxyHeaders: ProxyHeaders = 'x-forwarded',
) {
  await using server = await start(
    ({ remoteAddress, scheme, host, request }) => json([remoteAddress, scheme, host, request.url]),
    { trustProxy, proxyHeaders },
  )
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const { status, body } = await server.raw(`GET /x HTTP/1.1\r\nHost: inner\r\n${lines.join('')}\r\n`)
  return status === 200 ? JSON.parse(body) : status
}

const FORWARDED = {
  'X-Forwarded-For': '6.6.6.6, 1.2.3.4, 10.0.0.2',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'Example.com',
}

describe('trustProxy', () => {
  it('trusts no proxies by default', async () => {
    for (const none of [false, 0, [], ['10.0.0.1']] as const) {
      expect(await view(none, FORWARDED)).toEqual(['127.0.0.1', 'http', 'inner', 'http://inner/x'])
    }
  })

  it('counts hops from the right', async () => {
    expect(await view(1, FORWARDED)).toEqual(['10.0.0.2', 'https', 'example.com', 'https://example.com/x'])
    expect((await view(2, FORWARDED))[0]).toBe('1.2.3.4')
    expect((await view(3, FORWARDED))[0]).toBe('6.6.6.6')
    expect((await view(9, FORWARDED))[0]).toBe('6.6.6.6')
  })

  it("trusts proxies by address or range, and uses the first other address as the client's", async () => {
    expect((await view(['127.0.0.1', '10.0.0.0/8'], FORWARDED))[0]).toBe('1.2.3.4')
    expect((await view(['127.0.0.0/8'], FORWARDED))[0]).toBe('10.0.0.2')
    expect(
      (await view(['127.0.0.1', '2001:db8::/32'], { 'X-Forwarded-For': '2001:db9::1, 2001:db8::7' }))[0],
    ).toBe('2001:db9::1')
  })

  it('takes scheme and host from the outermost trusted proxy', async () => {
    const appended = {
      'X-Forwarded-For': '6.6.6.6, 1.2.3.4, 10.0.0.2',
      'X-Forwarded-Proto': 'http, https, http',
      'X-Forwarded-Host': 'evil, good, inner',
    }
    expect(await view(2, appended)).toEqual(['1.2.3.4', 'https', 'good', 'https://good/x'])
    expect(await view(1, appended)).toEqual(['10.0.0.2', 'http', 'inner', 'http://inner/x'])
  })

  it('parses addresses with ports, in brackets and mapped from IPv4', async () => {
    for (const [written, address] of [
      ['1.2.3.4:5678', '1.2.3.4'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['::ffff:1.2.3.4', '1.2.3.4'],
    ]) {
      expect((await view(1, { 'X-Forwarded-For': written! }))[0]).toBe(address)
    }
  })

  it('keeps the nearest known address if one is unknown', async () => {
    for (const written of [
      'unknown',
      '',
      '1.2.3',
      '<script>',
      '1.2.3.4.5',
      ',',
      '1.2.3.4\xa0',
      '\xa01.2.3.4',
    ]) {
      expect((await view(1, { 'X-Forwarded-For': written }))[0]).toBe('127.0.0.1')
    }
    expect((await view(3, { 'X-Forwarded-For': '6.6.6.6, unknown, 10.0.0.2' }))[0]).toBe('10.0.0.2')
  })

  it('causes a 400 if a trusted proxy sends a malformed scheme or host', async () => {
    expect(await view(1, { 'X-Forwarded-Proto': 'gopher' })).toBe(400)
    expect(await view(1, { 'X-Forwarded-Proto': 'https\xa0' })).toBe(400)
    expect(await view(1, { 'X-Forwarded-Host': 'a\xa0' })).toBe(400)
    expect(await view(1, { 'X-Forwarded-Host': 'a b' })).toBe(400)
    expect(await view(1, { 'X-Forwarded-Host': 'user@a' })).toBe(400)
  })

  it('ignores empty entries', async () => {
    const inner = ['127.0.0.1', 'http', 'inner', 'http://inner/x']
    for (const empty of ['', ' ', ',', ' , ,']) {
      const fields = { 'X-Forwarded-For': empty, 'X-Forwarded-Proto': empty, 'X-Forwarded-Host': empty }
      expect(await view(1, fields)).toEqual(inner)
    }
    const trailing = {
      'X-Forwarded-For': '1.2.3.4,',
      'X-Forwarded-Proto': 'https, ',
      'X-Forwarded-Host': 'a.b,,',
    }
    expect(await view(1, trailing)).toEqual(['1.2.3.4', 'https', 'a.b', 'https://a.b/x'])
    expect(await view(1, { Forwarded: 'proto="";host=""' }, 'forwarded')).toEqual(inner)
  })

  it('accepts the schemes of WebSocket', async () => {
    for (const [proto, scheme] of [
      ['wss', 'https'],
      ['WSS', 'https'],
      ['ws', 'http'],
    ]) {
      expect((await view(1, { 'X-Forwarded-Proto': proto! }))[1]).toBe(scheme)
      expect((await view(1, { Forwarded: `proto=${proto}` }, 'forwarded'))[1]).toBe(scheme)
    }
  })

  it('drops the default port of the forwarded scheme', async () => {
    const fields = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'example.com:443' }
    expect((await view(1, fields))[2]).toBe('example.com')
  })
})

describe('proxyHeaders', () => {
  const forwarded = (field: string, trust: TrustProxy = 2) => view(trust, { Forwarded: field }, 'forwarded')

  it('selects the fields that are read, and ignores the others', async () => {
    const both = { ...FORWARDED, Forwarded: 'for=192.0.2.7;proto=https;host=Example.org:443' }
    expect(await view(1, both)).toEqual(['10.0.0.2', 'https', 'example.com', 'https://example.com/x'])
    expect(await view(1, both, 'forwarded')).toEqual([
      ...['192.0.2.7', 'https', 'example.org', 'https://example.org/x'],
    ])
    expect(await view(false, both, 'forwarded')).toEqual(['127.0.0.1', 'http', 'inner', 'http://inner/x'])
  })

  it('reads Forwarded from the right, up to the outermost trusted proxy', async () => {
    const chain =
      'for=6.6.6.6;proto=gopher, for="[2001:db8::7]:4711";host=outer;proto=HTTPS, for=10.0.0.2;proto=http'
    expect(await forwarded(chain, 2)).toEqual(['2001:db8::7', 'https', 'outer', 'https://outer/x'])
    expect(await forwarded(chain, ['127.0.0.1'])).toEqual(['10.0.0.2', 'http', 'inner', 'http://inner/x'])
    expect((await forwarded('for=6.6.6.6, for=unknown, for=10.0.0.2', 3))[0]).toBe('10.0.0.2')
    expect((await forwarded('for=6.6.6.6, proto=https', 3))[0]).toBe('127.0.0.1')
    expect((await forwarded('for=_hidden', 1))[0]).toBe('127.0.0.1')
  })

  it('causes a 400 if Forwarded is malformed', async () => {
    for (const field of ['for="', 'for="a, for=10.0.0.2', 'for=1.2.3.4;for=5.6.7.8', 'for', 'for=a b']) {
      expect(await forwarded(field)).toBe(400)
    }
    expect(await forwarded('proto=gopher')).toBe(400)
    expect(await forwarded('host="a b"')).toBe(400)
  })

  const PORT: ProxyHeaders = ['x-forwarded', 'x-forwarded-port']
  it('may select X-Forwarded-Port, the port for a host that has none', async () => {
    const host = async (fields: Record<string, string>, headers: ProxyHeaders = PORT) =>
      (await view(1, { 'X-Forwarded-Proto': 'https', ...fields }, headers))[2]
    expect(await host({ 'X-Forwarded-Port': '8443' })).toBe('inner:8443')
    expect(await host({ 'X-Forwarded-Port': '443' })).toBe('inner')
    expect(await host({ 'X-Forwarded-Port': '1, 8443', 'X-Forwarded-Host': 'A' })).toBe('a:8443')
    expect(await host({ 'X-Forwarded-Port': '8443', 'X-Forwarded-Host': 'a:81' })).toBe('a:81')
    expect(await host({ 'X-Forwarded-Port': '8443', 'X-Forwarded-Host': '[::1]' })).toBe('[::1]:8443')
    expect(await host({ 'X-Forwarded-Port': '' })).toBe('inner')
    expect(await host({ 'X-Forwarded-Port': '8443' }, 'x-forwarded')).toBe('inner')
    for (const wrong of ['x', '-1', '65536', '80:80', '8443/']) {
      expect(await view(1, { 'X-Forwarded-Port': wrong }, PORT)).toBe(400)
    }
    expect((await view(false, { 'X-Forwarded-Port': 'x' }, PORT))[2]).toBe('inner')
  })

  const PREFIX: ProxyHeaders = ['forwarded', 'x-forwarded-prefix']
  it('may select X-Forwarded-Prefix, the start of scriptName', async () => {
    const path = async (prefix: string, trust: TrustProxy = 1, headers: ProxyHeaders = PREFIX) => {
      const seen = await view(
        trust,
        { 'X-Forwarded-Prefix': prefix, Forwarded: 'for=10.0.0.2, for=10.0.0.3' },
        headers,
      )
      return seen === 400 ? 400 : seen[3].slice('http://inner'.length)
    }
    expect(await path('/app')).toBe('/app/x')
    expect(await path('/app/')).toBe('/app/x')
    expect(await path('/a/%7eb')).toBe('/a/~b/x')
    for (const none of ['', '/', ' ', ',']) expect(await path(none)).toBe('/x')
    // Each of two proxies has removed a part.
    expect(await path('/evil, /a, /b', 2)).toBe('/a/b/x')
    expect(await path('/evil, /a, /b', 1)).toBe('/b/x')
    for (const wrong of [
      'app',
      '//evil.example',
      '/a//b',
      '/a/../b',
      '/a/%2E%2e',
      '/.',
      '/a?b',
      '/a#b',
      '/a b',
      '/a\\b',
      'http://a/b',
      '*',
    ]) {
      expect(await path(wrong)).toBe(400)
    }
    expect(await path('/app', false)).toBe('/x')
    expect(await path('/app', 1, 'x-forwarded')).toBe('/x')
  })

  it('accepts only its own values', () => {
    expect(() => clientResolver(1, [], 'serve')).toThrow(/^serve: proxyHeaders must have either/)
    for (const wrong of [['x-forwarded', 'forwarded'], ['x-forwarded-port']] as const) {
      expect(() => clientResolver(1, wrong, 'serve')).toThrow(/^serve: proxyHeaders must have either/)
    }
    for (const wrong of ['X-Forwarded-For', null, 1, ['x-forwarded', 'x-forwarded-for']]) {
      expect(() => clientResolver(1, wrong as ProxyHeaders, 'serve')).toThrow(
        /^serve: proxyHeaders must be 'x-forwarded' or 'forwarded', or a list .*, got /,
      )
    }
  })
})

describe('clientResolver', () => {
  it.each([true, null, 33, '127.0.0.1'])('rejects %j as trustProxy, and says what it can be', (wrong) => {
    expect(() => clientResolver(wrong as TrustProxy, 'x-forwarded', 'serve')).toThrow(
      `serve: trustProxy must be false, a number of proxies from 0 to 32, or a list of addresses and CIDR ranges, got ${JSON.stringify(wrong)}`,
    )
  })

  it('returns an address or throws 400 for arbitrary fields', () => {
    const resolvers = [clientResolver(2, 'x-forwarded', 'test')!, clientResolver(2, 'forwarded', 'test')!]
    const field = fc.option(
      fc.oneof(tricky, fc.ipV4(), fc.ipV6(), fc.constantFrom('http', 'HTTPS', 'unknown')),
      {
        nil: undefined,
      },
    )
    fc.assert(
      fc.property(field, field, field, (addresses, proto, host) => {
        const headers = {
          ...{ 'x-forwarded-for': addresses, 'x-forwarded-proto': proto, 'x-forwarded-host': host },
          forwarded: `for=${addresses};proto="${proto}", host="${host}";for="${addresses}"`,
        }
        for (const resolve of resolvers) {
          try {
            const view = resolve(headers as IncomingHttpHeaders, '127.0.0.1', 'http')
            expect(isIP(view.remoteAddress)).not.toBe(0)
            expect(['http', 'https']).toContain(view.scheme)
          } catch (error) {
            expect(error).toMatchObject({ status: 400 })
          }
        }
      }),
      { numRuns: 5000 },
    )
  })
})
