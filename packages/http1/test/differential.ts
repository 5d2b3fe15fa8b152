/** Finds bytes that the parser and node:http read differently, which is what request smuggling needs. */
import { type Seen, type SeenRequest, seenByParser } from './seen.ts'
import { isOldParser } from './seen-by-node.ts'

/**
 * Compares how the parser reads some bytes with what node:http has read. Returns the reason if the parser is stricter, or
 * if this version of node:http does not expect a tab, otherwise undefined.
 *
 * @throws Error if the parser reads them differently, accepts what node:http rejects, or waits for more bytes although
 *   node:http has rejected them or passed a request on.
 */
export function compare(pieces: readonly Uint8Array[], node: Seen): string | undefined {
  try {
    return stricterReason(pieces, node)
  } catch (error) {
    if (isOldParser && hasTab(pieces)) return tabs
    throw error
  }
}

/** Before llhttp 9.4, node:http rejects a Content-Length, and ignores a Connection, that ends in a tab (nodejs/node#62192). */
export const tabs = 'A value may end in a tab.'

function hasTab(pieces: readonly Uint8Array[]): boolean {
  const text = Buffer.concat(pieces).toString('latin1')
  return /^(?:content-length|(?:proxy-)?connection):.*[^\t ] *\t/im.test(text)
}

function stricterReason(pieces: readonly Uint8Array[], node: Seen): string | undefined {
  const parser = seenByParser(pieces)
  const upgrade = node.requests.findIndex(asksForUpgrade)
  for (const [at, request] of parser.requests.entries()) {
    if (upgrade !== -1 && at > upgrade) return upgrades
    const other = node.requests[at]
    if (other === undefined) {
      throw new Error(`only the parser accepts request ${at}: ${show(request)}; node:http: ${node.refusal}`)
    }
    compareRequests(request, other, parser, node)
  }
  if (upgrade !== -1 && parser.requests.length > upgrade) return upgrades
  if (node.refusal !== undefined && !parser.isOver && !waitsForLineEnd(pieces)) {
    throw new Error(`the parser waits, but node:http rejects: ${node.refusal}`)
  }
  const isBehind =
    parser.requests.length < node.requests.length ||
    parser.requests.some((request, at) => !request.isWhole && node.requests[at]?.isWhole)
  const isLess = isBehind || (parser.refusal !== undefined && node.refusal === undefined)
  if (!isLess) return undefined
  if (parser.refusal === undefined && asksToClose(parser.requests.at(-1))) return closes
  if (parser.refusal === undefined) {
    throw new Error(`the parser waits, but node:http does not: ${show(node.requests.at(-1))}`)
  }
  return parser.refusal
}

function compareRequests(ours: SeenRequest, theirs: SeenRequest, parser: Seen, node: Seen): void {
  for (const key of ['method', 'target', 'version', 'fields'] as const) {
    if (JSON.stringify(ours[key]) !== JSON.stringify(theirs[key])) {
      throw new Error(`${key} differs: ${show(ours)} and ${show(theirs)}`)
    }
  }
  if (ours.isWhole && !theirs.isWhole && !node.requests.some(endsConnection)) {
    throw new Error(`only the parser sees the end of ${show(ours)}; node:http: ${node.refusal}`)
  }
  if (ours.isWhole ? ours.body !== theirs.body : !theirs.body.startsWith(ours.body)) {
    throw new Error(`bodies differ: ${show(ours)} and ${show(theirs)}; ${parser.refusal}, ${node.refusal}`)
  }
}

/** Node.js destroys the connection after `PRI /` without a version, even if earlier requests have not ended. */
function endsConnection({ method }: SeenRequest): boolean {
  return method === 'PRI'
}

/**
 * Whether the parser only waits for the end of a line to reject it. The length of a line is limited; node:http checks some
 * lines byte by byte.
 */
function waitsForLineEnd(pieces: readonly Uint8Array[]): boolean {
  const isHalf = pieces.at(-1)?.at(-1) === 0x0d
  return seenByParser([...pieces, Buffer.from(isHalf ? '\n' : '\r\n')]).refusal !== undefined
}

/** The reason why the parser reads less, if a request has both options. */
export const closes = 'Connection: close takes precedence over keep-alive.'

function asksToClose(request: SeenRequest | undefined): boolean {
  const options = request?.fields.filter((_, at) => request.fields[at - 1] === 'connection').join() ?? ''
  return request?.isWhole === true && /\bclose\b/i.test(options) && /\bkeep-alive\b/i.test(options)
}

/** The reason why node:http reads less after a request for an upgrade: it takes the bytes for another protocol. */
export const upgrades = 'After a request for an upgrade, HTTP/1.1 continues.'

function asksForUpgrade({ fields }: SeenRequest): boolean {
  const options = fields.filter((_, at) => fields[at - 1] === 'connection').join()
  return /upgrade/i.test(options) && fields.some((text, at) => at % 2 === 0 && text === 'upgrade')
}

function show(request: SeenRequest | undefined): string {
  return JSON.stringify(request)
}
