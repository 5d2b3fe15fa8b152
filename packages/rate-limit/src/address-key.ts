import type { Environ } from '@tsgi/core'
import { checkOptions, readLimits } from '@tsgi/core/options'
import ipaddr from 'ipaddr.js'

/** The options of {@link addressKey}. */
export interface AddressKeyOptions {
  /** The number of bits of an IPv6 address that identify a client. Default: 64, the smallest network of a customer. */
  readonly ipv6Prefix?: number
}

/**
 * Returns a function that identifies clients by their network: an IPv4 address, or the /64 network of an IPv6 address,
 * because a client can use any address in it. Returns `undefined` for a request without an address, for example over a
 * Unix socket.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { addressKey } from '@tsgi/rate-limit'
 *
 * const keyOf = addressKey()
 * keyOf({ remoteAddress: '192.0.2.7' }) // => '192.0.2.7'
 * keyOf({ remoteAddress: '::ffff:192.0.2.7' }) // => '192.0.2.7'
 * keyOf({ remoteAddress: '2001:db8:1:2:a::7' }) // => '2001:db8:1:2::/64'
 * keyOf({ remoteAddress: '' }) // => undefined
 * ```
 */
export function addressKey(
  options: AddressKeyOptions = {},
): (environ: Pick<Environ, 'remoteAddress'>) => string | undefined {
  checkOptions('addressKey', options, ['ipv6Prefix'])
  const { ipv6Prefix } = readLimits('addressKey', options, {
    ipv6Prefix: { default: 64, min: 16, max: 128, unit: 'bits' },
  })

  return function addressKey({ remoteAddress }) {
    if (PLAIN_IPV4.test(remoteAddress)) return remoteAddress
    const address = withoutPort(remoteAddress)
    if (!ipaddr.isValid(address)) return undefined
    const parsed = ipaddr.process(address)
    if (parsed.kind() === 'ipv4') return parsed.toString()
    return `${ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone(address)}/${ipv6Prefix}`)}/${ipv6Prefix}`
  }
}

const PLAIN_IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/

/** Some proxies add the port to the address, which differs for each connection. */
function withoutPort(address: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}
