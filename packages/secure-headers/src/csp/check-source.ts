/** Keywords, without their quotes. */
const KEYWORDS: readonly string[] = [
  'self',
  'none',
  'unsafe-inline',
  'unsafe-eval',
  'unsafe-hashes',
  'wasm-unsafe-eval',
  'trusted-types-eval',
  'strict-dynamic',
  'inline-speculation-rules',
  'report-sample',
  'report-sha256',
  'report-sha384',
  'report-sha512',
]
const HASH = /^sha(?:256|384|512)-[\w+/-]+={0,2}$/i
const SCHEME_SOURCE = /^[a-z][a-z\d+.-]*:$/i
const HOST_SOURCE =
  /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:\*|(?:\*\.)?[\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])(?::(?:\d+|\*))?(?:\/[^?#]*)?$/i
const BARE_SCHEME = /^(?:https?|wss?|data|blob|filesystem|mediastream)$/i

/** Returns what is wrong with a source expression, or `undefined` if browsers understand it (CSP Level 3 §2.3.1). */
export function mistakeInSource(source: string): string | undefined {
  const name = source.replace(/^['"`]+|['"`]+$/g, '')
  if (/^nonce-/i.test(name)) return 'is a constant nonce. Use NONCE, which is new for each response'
  const keyword = KEYWORDS.includes(name.toLowerCase()) ? name.toLowerCase() : undefined
  if (keyword !== undefined || HASH.test(name)) {
    const right = `'${keyword ?? name}'`
    return source === right ? undefined : `must be written as "${right}"`
  }
  if (source.startsWith("'")) return `is not a keyword: ${KEYWORDS.join(', ')}`
  if (BARE_SCHEME.test(source)) return `is a scheme without its colon: '${source}:'`
  if (SCHEME_SOURCE.test(source) || HOST_SOURCE.test(source)) return undefined
  return "is not a source such as \"'self'\", 'https:' or 'cdn.example.com'"
}
