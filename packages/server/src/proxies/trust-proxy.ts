import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { HttpError } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { entry, list, readForwarded, readXForwarded } from './claims.ts'
import { plainAddress } from './peer.ts'
import { parsePrefix } from './prefix.ts'

/** The proxies to trust: none (`false`), a number of hops, or a list of addresses and CIDR ranges (`10.0.0.0/8`, `::1`). */
export type TrustProxy = false | number | readonly string[]

/**
 * The fields that trusted proxies set: `'x-forwarded'` for `X-Forwarded-For`, `-Proto` and `-Host`, or `'forwarded'` for
 * `Forwarded` (RFC 7239). A list may add `'x-forwarded-port'` and `'x-forwarded-prefix'`, which few proxies set. Other
 * fields are ignored, because proxies pass them on even if a client has forged them.
 */
export type ProxyHeaders = ProxyHeader | readonly ProxyHeader[]

/** One or more of the fields that proxies set. */
export type ProxyHeader = 'x-forwarded' | 'forwarded' | 'x-forwarded-port' | 'x-forwarded-prefix'

/** The data of a request according to its trusted proxies. */
export interface ClientView {
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  /** The authority as received, not validated; undefined if no proxy sends one. */
  readonly host: string | undefined
  /** The port for a host without one; undefined if no proxy sends one. */
  readonly port: string | undefined
  /** The path that proxies have removed from the target; `''` if none. */
  readonly prefix: string
  /** Whether a trusted proxy has forwarded the request. */
  readonly isForwarded: boolean
}

/** Reads the header fields of proxies. */
export type ClientResolver = (
  headers: IncomingHttpHeaders,
  peer: string,
  scheme: 'http' | 'https',
) => ClientView

/**
 * Returns a function that reads the fields of trusted proxies; undefined if none is trusted.
 *
 * Each proxy appends to the right, so lists are read from there. The first address that is not a trusted proxy's is the
 * client's; the client may have forged everything to the left of it.
 *
 * @throws TypeError if an option is not a {@link TrustProxy} or {@link ProxyHeaders}.
 */
export function clientResolver(
  trust: TrustProxy,
  headers: ProxyHeaders,
  factory: string,
): ClientResolver | undefined {
  const { read, readsPort, readsPrefix } = readerOf(headers, factory)
  if (trust === false || trust === 0) return undefined
  const isTrusted = Array.isArray(trust) ? byAddress(trust, `${factory}: trustProxy`) : byHops(trust, factory)
  return function resolveClient(headers, peer, scheme) {
    if (!isTrusted(peer, 0)) {
      return { remoteAddress: peer, scheme, host: undefined, port: undefined, prefix: '', isForwarded: false }
    }
    const { addresses, protos, hosts } = read(headers)
    let remoteAddress = peer
    let hops = 1
    for (let at = addresses.length - 1; at >= 0; at--) {
      const address = parseAddress(addresses[at]!)
      // A value such as `unknown`: the nearest known address is the one of the proxy.
      if (address === undefined) break
      remoteAddress = address
      if (at === 0 || !isTrusted(address, hops)) break
      hops++
    }
    return {
      remoteAddress,
      scheme: schemeOf(entry(protos, hops)) ?? scheme,
      host: entry(hosts, hops),
      port: readsPort ? portOf(entry(list(headers['x-forwarded-port']), hops)) : undefined,
      prefix: readsPrefix ? prefixOf(list(headers['x-forwarded-prefix']).slice(-hops)) : '',
      isForwarded: true,
    }
  }
}

/** @throws TypeError if the option is not a {@link ProxyHeaders}. */
function readerOf(option: unknown, factory: string) {
  const names: readonly unknown[] = Array.isArray(option) ? option : [option]
  const unknown = names.find((name) => !PROXY_HEADERS.includes(name as ProxyHeader))
  if (unknown !== undefined) {
    throw new TypeError(
      `${factory}: proxyHeaders must be 'x-forwarded' or 'forwarded', or a list with 'x-forwarded-port' and 'x-forwarded-prefix', got ${describe(unknown)}`,
    )
  }
  if (names.includes('x-forwarded') === names.includes('forwarded')) {
    throw new TypeError(
      `${factory}: proxyHeaders must have either 'x-forwarded' or 'forwarded', got ${names.join(', ')}`,
    )
  }
  return {
    read: names.includes('forwarded') ? readForwarded : readXForwarded,
    readsPort: names.includes('x-forwarded-port'),
    readsPrefix: names.includes('x-forwarded-prefix'),
  }
}

const PROXY_HEADERS: readonly ProxyHeader[] = [
  'x-forwarded',
  'forwarded',
  'x-forwarded-port',
  'x-forwarded-prefix',
]

function schemeOf(proto: string | undefined): 'http' | 'https' | undefined {
  switch (proto?.toLowerCase()) {
    case undefined:
      return undefined
    case 'http':
    case 'ws':
      return 'http'
    case 'https':
    case 'wss':
      return 'https'
    default:
      throw new HttpError(400, 'The forwarded scheme is neither http nor https.')
  }
}

function portOf(port: string | undefined): string | undefined {
  if (port === undefined || (/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) return port
  throw new HttpError(400, 'The forwarded port is malformed.')
}

/** Joins the prefixes that the trusted proxies have removed, the outermost first. */
function prefixOf(prefixes: readonly string[]): string {
  try {
    return prefixes.map(parsePrefix).join('')
  } catch {
    throw new HttpError(400, 'The forwarded prefix is malformed.')
  }
}

type Trusted = (address: string, hops: number) => boolean

function byHops(count: unknown, factory: string): Trusted {
  if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > 32) {
    throw new TypeError(
      `${factory}: trustProxy must be false, a number of proxies from 0 to 32, or a list of addresses and CIDR ranges, got ${describe(count)}`,
    )
  }
  return (_, hops) => hops < (count as number)
}

/**
 * Returns a function that tells whether an address is in a list of addresses and CIDR ranges.
 *
 * @param option The name of the option in error messages.
 * @throws TypeError if the list is invalid.
 */
export function byAddress(addresses: unknown, option: string): (address: string) => boolean {
  if (!Array.isArray(addresses)) {
    throw new TypeError(`${option} must be a list of addresses and CIDR ranges, got ${describe(addresses)}`)
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

/** Parses an address. Some proxies add ports or brackets. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, bare] = /^(?:\[([^\]]+)\](?::\d+)?|([^:]+):\d+)$/.exec(text) ?? []
  const address = bracketed ?? bare ?? text
  return isIP(address) === 0 ? undefined : plainAddress(address)
}
