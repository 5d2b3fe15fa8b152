import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { type IpFilterOptions, ipFilter } from './index.ts'

async function isAllowed(options: IpFilterOptions, remoteAddress: string): Promise<boolean> {
  const response = await client(
    ipFilter(options)(() => text('')),
    { remoteAddress },
  ).get('/')
  expect([200, 403]).toContain(response.status)
  return response.status === 200
}

describe('ipFilter', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['::1', '::1', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['2001:db8::/32', '2001:DB8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['::/0', '2001:db8::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['127.0.0.1', '::ffff:7f00:1', true],
    ['::ffff:127.0.0.1', '127.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['0.0.0.0/0', '', false],
    ['0.0.0.0/0', '10.1', false],
  ])('allows %s: %s is allowed: %s', async (range, address, expected) => {
    expect(await isAllowed({ allow: [range] }, address)).toBe(expected)
    // The same ranges are denied, apart from requests without an address.
    if (address !== '') expect(await isAllowed({ deny: [range] }, address)).toBe(!expected)
  })

  it('denies an address even if it is allowed', async () => {
    const options = { allow: ['10.0.0.0/8', '::1'], deny: ['10.0.0.13', '::ffff:10.0.1.0/120'] }
    expect(await isAllowed(options, '10.0.0.12')).toBe(true)
    expect(await isAllowed(options, '10.0.0.13')).toBe(false)
    expect(await isAllowed(options, '::ffff:10.0.0.13')).toBe(false)
    expect(await isAllowed(options, '10.0.1.200')).toBe(false)
    expect(await isAllowed(options, '::1')).toBe(true)
  })

  it('rejects a request without an address if there is a list of allowed ones, not if there is only one of denied ones', async () => {
    expect(await isAllowed({ allow: ['0.0.0.0/0', '::/0'] }, '')).toBe(false)
    expect(await isAllowed({ deny: ['0.0.0.0/0', '::/0'] }, '')).toBe(true)
    expect(await isAllowed({ allow: [] }, '127.0.0.1')).toBe(false)
  })

  it('does not believe X-Forwarded-For', async () => {
    const web = client(
      ipFilter({ allow: ['10.0.0.1'] })(() => text('')),
      { remoteAddress: '203.0.113.7' },
    )
    expect((await web.get('/', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(403)
  })

  it.each([
    [{}, 'ipFilter: allow or deny is missing'],
    [{ allow: '10.0.0.1' }, 'ipFilter: allow must be a list of addresses and CIDR ranges, got "10.0.0.1"'],
    [
      { allow: ['10.0.0.1', '10.0.0.0/33'] },
      'ipFilter: allow[1] must be an address or a CIDR range such as \'10.0.0.0/8\', got "10.0.0.0/33"',
    ],
    [{ deny: ['10.0.0'] }, 'ipFilter: deny[0] must be'],
    [{ deny: ['0177.0.0.1'] }, 'ipFilter: deny[0] must be'],
    [{ deny: ['192.168.*.*'] }, 'ipFilter: deny[0] must be'],
    [{ deny: ['::1/129'] }, 'ipFilter: deny[0] must be'],
    [{ deny: ['localhost'] }, 'ipFilter: deny[0] must be'],
    [{ deny: [undefined] }, 'got undefined'],
    [{ allowed: [] }, "did you mean 'allow'?"],
  ] as unknown as [IpFilterOptions, string][])(
    'checks its options when it is created: %j',
    (options, message) => {
      expect(() => ipFilter(options)).toThrow(TypeError)
      expect(() => ipFilter(options)).toThrow(message)
    },
  )
})
