import { isIP } from 'node:net'
import { plainAddress } from '../proxies/peer.ts'

/** The header that a load balancer sends before its client's data. */
export interface ProxyHeader {
  /** The length in bytes. */
  readonly length: number
  /** The client's address; undefined if it is unknown or if the load balancer itself is the client. */
  readonly source: string | undefined
}

/**
 * Parses a header of the PROXY protocol, version 1 or 2. Returns undefined if it is incomplete.
 *
 * Source: "The PROXY protocol, versions 1 & 2" (HAProxy), §2.1 and §2.2.
 *
 * @throws SyntaxError if the bytes are not the start of a header, or it is longer than 4096 bytes.
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  if (begins(bytes, SIGNATURE)) return parseBinary(bytes)
  if (begins(bytes, WORD)) return parseLine(bytes)
  throw new SyntaxError('no header of the PROXY protocol')
}

/** Returns whether the bytes begin with the mark, or with as much of it as has arrived. */
function begins(bytes: Buffer, mark: Buffer): boolean {
  const length = Math.min(bytes.length, mark.length)
  return bytes.compare(mark, 0, length, 0, length) === 0
}

/** `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n`, at most 107 bytes. */
function parseLine(bytes: Buffer): ProxyHeader | undefined {
  const end = bytes.subarray(0, MAX_LINE).indexOf('\r\n')
  if (end === -1) {
    if (bytes.length >= MAX_LINE) throw new SyntaxError('the line has no end')
    return undefined
  }
  const line = bytes.toString('latin1', 0, end)
  const length = end + 2
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { length, source: undefined }
  const [, family, source, target, ...ports] =
    /^PROXY TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line) ?? []
  const version = Number(family)
  const isValid =
    isIP(source ?? '') === version &&
    isIP(target ?? '') === version &&
    ports.every((port) => Number(port) <= 65_535)
  if (!isValid || source === undefined) throw new SyntaxError('the line is malformed')
  return { length, source: plainAddress(source) }
}

/** Signature, version and command, family and protocol, length of the rest, addresses, extensions. */
function parseBinary(bytes: Buffer): ProxyHeader | undefined {
  if (bytes.length < FIXED) return undefined
  const command = bytes[12]!
  if (command !== LOCAL && command !== PROXY) throw new SyntaxError('unknown version or command')
  const rest = bytes.readUInt16BE(14)
  const length = FIXED + rest
  if (length > MAX_BINARY) throw new SyntaxError('the header is too long')
  if (bytes.length < length) return undefined
  // The low half is the transport protocol, which does not matter.
  const family = bytes[13]! >> 4
  if (command === LOCAL || family === UNSPECIFIED || family === UNIX) return { length, source: undefined }
  if (family === IPV4 && rest >= 12) return { length, source: [...bytes.subarray(16, 20)].join('.') }
  if (family === IPV6 && rest >= 36) return { length, source: formatIPv6(bytes.subarray(16, 32)) }
  throw new SyntaxError('unknown family, or addresses that are cut off')
}

/** Formats an address as Node does. */
function formatIPv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  const mapped = /^(?:0:){5}ffff:/.test(groups.join(':'))
  if (mapped) return [...bytes.subarray(12)].join('.')
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

const [WORD, SIGNATURE] = ['PROXY ', '\r\n\r\n\0\r\nQUIT\n'].map((mark) => Buffer.from(mark)) as [
  Buffer,
  Buffer,
]
const MAX_LINE = 107
const MAX_BINARY = 4096
const FIXED = 16
const LOCAL = 0x20
const PROXY = 0x21
const UNSPECIFIED = 0
const IPV4 = 1
const IPV6 = 2
const UNIX = 3
