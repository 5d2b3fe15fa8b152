/** Finds bytes that two servers read differently, which is what request smuggling needs. */
import { type Seen, type SeenRequest, seenByEngine, seenByNode } from './seen.ts'

/**
 * Compares how the engine and node:http read some bytes. Resolves to the reason if the engine is stricter, otherwise to
 * undefined.
 *
 * @throws Error if the engine reads them differently, or accepts what node:http rejects.
 */
export async function compare(pieces: readonly Uint8Array[]): Promise<string | undefined> {
  const [node, engine] = await Promise.all([seenByNode(pieces), seenByEngine(pieces)])
  // If a request with a body asks for an upgrade, node:http reads nothing after it. A server without upgrades may continue
  // with HTTP/1.1 (RFC 9110 §7.8).
  const isUpgrade = node.refusal === undefined && asksForUpgrade(node.requests.at(-1))
  for (const [at, request] of engine.requests.entries()) {
    const other = node.requests[at]
    if (other === undefined && isUpgrade) break
    if (other === undefined)
      throw new Error(`only the engine took request ${at}: ${show(request)}; node:http: ${node.refusal}`)
    compareRequests(request, other, engine, node)
  }
  if (isUpgrade && engine.requests.length >= node.requests.length) return undefined
  const isBehind =
    engine.requests.length < node.requests.length ||
    engine.requests.some((request, at) => !request.isWhole && node.requests[at]?.isWhole)
  const isLess = isBehind || (engine.refusal !== undefined && node.refusal === undefined)
  if (!isLess) return undefined
  if (engine.refusal === undefined)
    throw new Error(`the engine waits where node:http does not: ${show(node.requests.at(-1))}`)
  return engine.refusal
}

function compareRequests(ours: SeenRequest, theirs: SeenRequest, engine: Seen, node: Seen): void {
  for (const key of ['method', 'target', 'version', 'fields'] as const) {
    if (JSON.stringify(ours[key]) !== JSON.stringify(theirs[key]))
      throw new Error(`${key} differs: ${show(ours)} and ${show(theirs)}`)
  }
  if (ours.isWhole && !theirs.isWhole)
    throw new Error(`only the engine saw the end of ${show(ours)}; node:http: ${node.refusal}`)
  if (ours.isWhole ? ours.body !== theirs.body : !theirs.body.startsWith(ours.body))
    throw new Error(`bodies differ: ${show(ours)} and ${show(theirs)}; ${engine.refusal}, ${node.refusal}`)
}

function asksForUpgrade(request: SeenRequest | undefined): boolean {
  return request?.fields.some(([name]) => name === 'upgrade') ?? false
}

function show(request: SeenRequest | undefined): string {
  return JSON.stringify(request)
}
