import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { HttpError } from '@tsgi/core'
import { parseForwarded } from './forwarded.ts'
import { plainAddress } from './peer.ts'

/** The proxies to trust: none (`false`), a number of hops, or a list of addresses and CIDR ranges (`10.0.0.0/8`, `::1`). */
export type TrustProxy = false | number | readonly string[]

/**
 * The fields that trusted proxies set: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded` (RFC 7239). Other fields
 * are ignored, because proxies pass them on even if a client has forged them.
 */
export type ProxyHeaders = 'x-forwarded' | 'forwarded'

/** The data of a request according to its trusted proxies. */
export interface ClientView {
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  /** The authority as received, not validated; undefined if no proxy sends one. */
  readonly host: string | undefined
  /** Whether a trusted proxy has forwarded the request. */
  readonly isForwarded: boolean
}

/** Reads the header fields of proxies. */
export type ClientResolver = (incoming: IncomingMessage, peer: string, scheme: 'http' | 'https') => ClientView

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
  if (headers !== 'x-forwarded' && headers !== 'forwarded') {
    throw new TypeError(
      `${factory}: proxyHeaders must be 'x-forwarded' or 'forwarded', got ${typeof headers === 'string' ? `'${headers}'` : String(headers)}`,
    )
  }
  const read = headers === 'forwarded' ? readForwarded : readXForwarded
  if (trust === false || trust === 0) return undefined
  const isTrusted =
    typeof trust === 'number' ? byHops(trust, factory) : byAddress(trust, `${factory}: trustProxy`)
  return function resolveClient(incoming, peer, scheme) {
    if (!isTrusted(peer, 0)) return { remoteAddress: peer, scheme, host: undefined, isForwarded: false }
    const { addresses, protos, hosts } = read(incoming.headers)
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
    const proto = entry(protos, hops)?.toLowerCase()
    if (proto !== undefined && proto !== 'http' && proto !== 'https') {
      throw new HttpError(400, 'The forwarded scheme is neither http nor https.')
    }
    return { remoteAddress, scheme: proto ?? scheme, host: entry(hosts, hops), isForwarded: true }
  }
}

/** The values that proxies have sent, the nearest proxy last; `''` for a missing address. */
interface Claims {
  readonly addresses: readonly string[]
  readonly protos: readonly (string | undefined)[]
  readonly hosts: readonly (string | undefined)[]
}

function readXForwarded(headers: IncomingHttpHeaders): Claims {
  return {
    addresses: list(headers['x-forwarded-for']),
    protos: list(headers['x-forwarded-proto']),
    hosts: list(headers['x-forwarded-host']),
  }
}

function readForwarded({ forwarded = '' }: IncomingHttpHeaders): Claims {
  const elements = parseForwarded(forwarded)
  if (elements === undefined) throw new HttpError(400, 'The Forwarded field is malformed.')
  return {
    addresses: elements.map((element) => element.for ?? ''),
    protos: elements.map(({ proto }) => proto),
    hosts: elements.map(({ host }) => host),
  }
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
 * Returns a function that tells whether an address is in a list of addresses and CIDR ranges.
 *
 * @param option The name of the option in error messages.
 * @throws TypeError if the list is invalid.
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

/** Returns the entry of the outermost trusted proxy. Each proxy appends an entry, or one proxy sets the only one. */
function entry(values: readonly (string | undefined)[], hops: number): string | undefined {
  return values.length === 0 ? undefined : values[Math.max(0, values.length - hops)]
}

function list(value: string | string[] | undefined): string[] {
  if (value === undefined) return []
  return (typeof value === 'string' ? value : value.join(',')).split(',').map((each) => each.trim())
}

/** Parses an address. Some proxies add ports or brackets. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, bare] = /^(?:\[([^\]]+)\](?::\d+)?|([^:]+):\d+)$/.exec(text) ?? []
  const address = bracketed ?? bare ?? text
  return isIP(address) === 0 ? undefined : plainAddress(address)
}
