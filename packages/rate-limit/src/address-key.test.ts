import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKey } from './index.ts'

const keyOf = (remoteAddress: string, ipv6Prefix?: number) =>
  addressKey(ipv6Prefix === undefined ? {} : { ipv6Prefix })({ remoteAddress })

describe('addressKey', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:5555', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['[2001:db8::1]:5555', '2001:db8::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['', undefined],
    ['unknown', undefined],
    ['_hidden', undefined],
  ])('of %j is %j', (address, key) => {
    expect(keyOf(address)).toBe(key)
  })

  it('can use another length of the network', () => {
    expect(keyOf('2001:db8:1:2ff::1', 56)).toBe(keyOf('2001:db8:1:201::1', 56))
    expect(keyOf('2001:db8:1:2ff::1', 56)).not.toBe(keyOf('2001:db8:1:1ff::1', 56))
  })

  it('is the same for all addresses of a network, and never throws', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const key = keyOf(address)
        expect(key).toBeDefined()
      }),
    )
    fc.assert(fc.property(fc.string(), (text) => void keyOf(text)))
  })

  it('rejects unknown and invalid options', () => {
    expect(() => addressKey({ ipv6Prefix: 0 })).toThrow(
      'addressKey: ipv6Prefix must be a whole number of bits',
    )
    expect(() => addressKey({ prefix: 1 } as never)).toThrow(TypeError)
  })
})
