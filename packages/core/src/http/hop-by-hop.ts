const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Whether a field speaks of one connection, and so is the gateway's to set (RFC 9110 §7.6.1, RFC 9112 §6 and §9).
 *
 * @param name The field's name, in lower case.
 *
 * @example
 * ```ts
 * import { isHopByHop } from '@tsgi/core/gateway'
 *
 * isHopByHop('transfer-encoding') // => true
 * isHopByHop('content-length') // => false
 * ```
 */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name)
}
