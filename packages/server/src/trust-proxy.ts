import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { HttpError } from '@tsgi/core'

/**
 * Which proxies in front are believed: none (`false`), the nearest so many (a number of hops), or those with these
 * addresses (`10.0.0.0/8`, `::1`).
 */
export type TrustProxy = false | number | readonly string[]

/** What a request's trusted proxies say of it. */
export interface ClientView {
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  /** The authority as received, yet to be checked; undefined where no proxy names one. */
  readonly host: string | undefined
}

/** Reads the fields that proxies add. */
export type ClientResolver = (incoming: IncomingMessage, peer: string, scheme: 'http' | 'https') => ClientView

/**
 * A function that reads `X-Forwarded-For`, `-Proto` and `-Host` as far as they were written by trusted proxies;
 * undefined where none is trusted.
 *
 * Each proxy appends to the right, so the lists are read from there: the client is the first address that is not a
 * trusted proxy's, and whatever stands left of it is the client's own claim. `Forwarded` (RFC 7239) is not read:
 * a proxy that writes one family of fields passes a forged other one on.
 *
 * @throws TypeError where the option is not what {@link TrustProxy} says.
 */
export function clientResolver(trust: TrustProxy, factory: string): ClientResolver | undefined {
  if (trust === false || trust === 0) return undefined
  const isTrusted =
    typeof trust === 'number' ? byHops(trust, factory) : byAddress(trust, `${factory}: trustProxy`)
  return function resolveClient(incoming, peer, scheme) {
    if (!isTrusted(peer, 0)) return { remoteAddress: peer, scheme, host: undefined }
    const { headers } = incoming
    const addresses = list(headers['x-forwarded-for'])
    let remoteAddress = peer
    let hops = 1
    for (let at = addresses.length - 1; at >= 0; at--) {
      const address = parseAddress(addresses[at]!)
      // `unknown` and the like: the nearest address that is known is the proxy's own.
      if (address === undefined) break
      remoteAddress = address
      if (at === 0 || !isTrusted(address, hops)) break
      hops++
    }
    const proto = entry(list(headers['x-forwarded-proto']), hops)?.toLowerCase()
    if (proto !== undefined && proto !== 'http' && proto !== 'https') {
      throw new HttpError(400, 'X-Forwarded-Proto is neither http nor https.')
    }
    return { remoteAddress, scheme: proto ?? scheme, host: entry(list(headers['x-forwarded-host']), hops) }
  }
}

/** The address without the form that an IPv4 client has on a socket for both families (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

type Trusted = (address: string, hops: number) => boolean

function byHops(count: unknown, factory: string): Trusted {
  if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > 32) {
    throw new TypeError(
      `${factory}: trustProxy must be false, a number of proxies from 0 to 32, or a list of addresses, got ${String(count)}`,
    )
  }
  return (_, hops) => hops < (count as number)
}

/**
 * A function that says whether an address is among these addresses and CIDR ranges. `option` is what messages name.
 *
 * @throws TypeError where they are not such.
 */
export function byAddress(addresses: unknown, option: string): (address: string) => boolean {
  if (!Array.isArray(addresses)) {
    throw new TypeError(`${option} must be a list of addresses, got ${String(addresses)}`)
  }
  const block = new BlockList()
  for (const each of addresses as readonly unknown[]) {
    const [, address, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(String(each)) ?? []
    const version = isIP(address ?? '')
    const most = version === 4 ? 32 : 128
    if (address === undefined || version === 0 || Number(bits ?? most) > most) {
      throw new TypeError(
        `${option} must hold addresses or CIDR ranges such as '10.0.0.0/8', got '${String(each)}'`,
      )
    }
    block.addSubnet(address, Number(bits ?? most), version === 4 ? 'ipv4' : 'ipv6')
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && block.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** The entry that the outermost trusted proxy wrote: each appended one, or one wrote for all. */
function entry(values: readonly string[], hops: number): string | undefined {
  return values.length === 0 ? undefined : values[Math.max(0, values.length - hops)]
}

function list(value: string | string[] | undefined): string[] {
  if (value === undefined) return []
  return (typeof value === 'string' ? value : value.join(',')).split(',').map((each) => each.trim())
}

/** An address, without the port and the brackets that some proxies write. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, bare] = /^(?:\[([^\]]+)\](?::\d+)?|([^:]+):\d+)$/.exec(text) ?? []
  const address = bracketed ?? bare ?? text
  return isIP(address) === 0 ? undefined : plainAddress(address)
}
