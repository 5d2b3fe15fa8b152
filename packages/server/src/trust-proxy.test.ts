import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { json } from '@tsgi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { start } from '../test/start.ts'
import { tricky } from '../test/tricky.ts'
import type { TrustProxy } from './index.ts'
import { clientResolver } from './trust-proxy.ts'

async function view(trustProxy: TrustProxy, fields: Record<string, string>) {
  await using server = await start(
    ({ remoteAddress, scheme, host, request }) => json([remoteAddress, scheme, host, request.url]),
    { trustProxy },
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
  it('believes nobody unless told to', async () => {
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

  it('believes proxies by address or range, and takes the first that is none for the client', async () => {
    expect((await view(['127.0.0.1', '10.0.0.0/8'], FORWARDED))[0]).toBe('1.2.3.4')
    expect((await view(['127.0.0.0/8'], FORWARDED))[0]).toBe('10.0.0.2')
    expect(
      (await view(['127.0.0.1', '2001:db8::/32'], { 'X-Forwarded-For': '2001:db9::1, 2001:db8::7' }))[0],
    ).toBe('2001:db9::1')
  })

  it('takes the scheme and the host that the outermost trusted proxy named', async () => {
    const appended = {
      'X-Forwarded-For': '6.6.6.6, 1.2.3.4, 10.0.0.2',
      'X-Forwarded-Proto': 'http, https, http',
      'X-Forwarded-Host': 'evil, good, inner',
    }
    expect(await view(2, appended)).toEqual(['1.2.3.4', 'https', 'good', 'https://good/x'])
    expect(await view(1, appended)).toEqual(['10.0.0.2', 'http', 'inner', 'http://inner/x'])
  })

  it('reads addresses with ports, in brackets and mapped from IPv4', async () => {
    for (const [written, address] of [
      ['1.2.3.4:5678', '1.2.3.4'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['::ffff:1.2.3.4', '1.2.3.4'],
    ]) {
      expect((await view(1, { 'X-Forwarded-For': written! }))[0]).toBe(address)
    }
  })

  it('keeps the nearest address that is known where one is not', async () => {
    for (const written of ['unknown', '', '1.2.3', '<script>', '1.2.3.4.5', ',']) {
      expect((await view(1, { 'X-Forwarded-For': written }))[0]).toBe('127.0.0.1')
    }
    expect((await view(3, { 'X-Forwarded-For': '6.6.6.6, unknown, 10.0.0.2' }))[0]).toBe('10.0.0.2')
  })

  it('answers 400 where a trusted proxy names no scheme or no host', async () => {
    expect(await view(1, { 'X-Forwarded-Proto': 'gopher' })).toBe(400)
    expect(await view(1, { 'X-Forwarded-Proto': '' })).toBe(400)
    expect(await view(1, { 'X-Forwarded-Host': 'a b' })).toBe(400)
    expect(await view(1, { 'X-Forwarded-Host': 'user@a' })).toBe(400)
  })

  it('drops the port that is the default of the forwarded scheme', async () => {
    const fields = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'example.com:443' }
    expect((await view(1, fields))[2]).toBe('example.com')
  })
})

describe('clientResolver', () => {
  it('gives an address whatever the fields hold, and refuses only with 400', () => {
    const resolve = clientResolver(2, 'test')!
    const field = fc.option(
      fc.oneof(tricky, fc.ipV4(), fc.ipV6(), fc.constantFrom('http', 'HTTPS', 'unknown')),
      {
        nil: undefined,
      },
    )
    fc.assert(
      fc.property(field, field, field, (addresses, proto, host) => {
        const headers = { 'x-forwarded-for': addresses, 'x-forwarded-proto': proto, 'x-forwarded-host': host }
        try {
          const view = resolve({ headers } as unknown as IncomingMessage, '127.0.0.1', 'http')
          expect(isIP(view.remoteAddress)).not.toBe(0)
          expect(['http', 'https']).toContain(view.scheme)
        } catch (error) {
          expect(error).toMatchObject({ status: 400 })
        }
      }),
      { numRuns: 5000 },
    )
  })
})
