import { listElements } from './field-list.ts'

/** The fields that belong to one connection (RFC 9110 §7.6.1, RFC 9112 §6 and §9). */
export const hopByHopFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Returns whether a field belongs to one connection, and so only a gateway may set it (RFC 9110 §7.6.1).
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
  return hopByHopFields.has(name)
}

/**
 * Returns the names of the fields that belong to one connection because its `Connection` field lists them
 * (RFC 9110 §7.6.1), in lower case.
 *
 * @param connection The value of the field; null if there is none.
 *
 * @example
 * ```ts
 * import { connectionOptions } from '@tsgi/core/gateway'
 *
 * connectionOptions('close, X-Trace').has('x-trace') // => true
 * ```
 */
export function connectionOptions(connection: string | null): ReadonlySet<string> {
  return new Set(listElements(connection?.toLowerCase()))
}
