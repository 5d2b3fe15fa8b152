import { describe } from './describe.ts'

/**
 * Rejects a value that is not an origin as browsers send it in `Origin`: scheme, host and port, without a default port.
 * Schemes of apps and extensions, such as `capacitor://localhost`, are accepted.
 *
 * Source: RFC 6454 §6.2, URL Standard §4.7.
 *
 * @param option The name that the error message begins with.
 * @throws TypeError naming the option, the value received and the origin that was probably meant.
 *
 * @example
 * ```ts
 * import { checkOrigin } from '@tsgi/core/options'
 *
 * checkOrigin('cors: origin', 'https://example.com') // => undefined
 * try {
 *   checkOrigin('cors: origin', 'https://example.com/')
 * } catch (error) {
 *   String(error).endsWith("Write 'https://example.com'") // => true
 * }
 * ```
 */
export function checkOrigin(option: string, value: unknown): asserts value is string {
  const mistake = typeof value === 'string' ? mistakeIn(value) : ''
  if (mistake === undefined) return
  throw new TypeError(
    `${option} must be an origin such as 'https://example.com', got ${describe(value)}${mistake}`,
  )
}

/** Returns what is wrong with an origin, as the end of an error message, or `undefined` if nothing is. */
function mistakeIn(value: string): string | undefined {
  if (value === '') return ''
  if (value.includes(',')) return '. Pass several origins as a list'
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(value))
    return `. Add the scheme: 'https://${value.replace(/^\/+/, '')}'`
  if (value.includes('*')) return ". '*' is not allowed here"
  const isWeb = /^https?:/i.test(value)
  const url = isWeb ? URL.parse(value) : null
  if (isWeb ? url?.origin === value : /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@\\]+$/.test(value)) return undefined
  return url === null ? '' : `. Write '${url.origin}'`
}
