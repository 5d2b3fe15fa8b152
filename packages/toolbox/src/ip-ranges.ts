import { describe } from '@tsgi/core/options'
import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6
export type Range = readonly [network: Address, bits: number]

/** Parses the address of a client; a mapped IPv4 address as IPv4. Returns `undefined` if it is not an address. */
export function parseAddress(address: string): Address | undefined {
  return isAddress(address) ? ipaddr.process(address) : undefined
}

/** The library also reads `10.1` and `0x0a.1` as IPv4. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}

/** Reads a list of addresses and CIDR ranges. Throws a TypeError that names the entry that is neither. */
export function readRanges(option: string, list: unknown): readonly Range[] {
  if (!Array.isArray(list)) {
    throw new TypeError(`${option} must be a list of addresses and CIDR ranges, got ${describe(list)}`)
  }
  return list.map((entry: unknown, index) => {
    const range = typeof entry === 'string' ? parseRange(entry) : undefined
    if (range !== undefined) return range
    throw new TypeError(
      `${option}[${index}] must be an address or a CIDR range such as '10.0.0.0/8', got ${describe(entry)}`,
    )
  })
}

function parseRange(text: string): Range | undefined {
  const [, address = text, bits] = /^(.+)\/(\d{1,3})$/.exec(text) ?? []
  if (!isAddress(address)) return undefined
  const network = ipaddr.parse(address)
  const size = network.kind() === 'ipv4' ? 32 : 128
  const length = bits === undefined ? size : Number(bits)
  if (length > size) return undefined
  const isMapped = network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && length >= 96
  return isMapped ? [network.toIPv4Address(), length - 96] : [network, length]
}
