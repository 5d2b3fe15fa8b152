/** The directives of a `Cache-Control` field: names in lower case, `''` for a directive without a value. */
export type Directives = ReadonlyMap<string, string>

const NONE: Directives = new Map()

/** A directive up to the next comma. Every text matches, so malformed parts are skipped. */
const DIRECTIVE = /[\t ,]*([^\t ,="]*)(?:=("(?:[^"\\]|\\.)*"?|[^,]*))?[^,]*(?:,|$)/y

/**
 * Parses a `Cache-Control` field (RFC 9111 §5.2). If a directive is repeated, the first one counts.
 *
 * @param value `null` if there is no such field.
 */
export function parseCacheControl(value: string | null): Directives {
  if (value === null || value === '') return NONE
  const directives = new Map<string, string>()
  DIRECTIVE.lastIndex = 0
  while (DIRECTIVE.lastIndex < value.length) {
    const [, name, argument = ''] = DIRECTIVE.exec(value)!
    const lower = name!.toLowerCase()
    if (lower !== '' && !directives.has(lower)) directives.set(lower, unquoted(argument))
  }
  return directives
}

/** The longest duration, so that sums stay exact: RFC 9111 §1.2.2. */
const MAX_SECONDS = 2 ** 31

/**
 * Returns the duration of a directive in milliseconds; undefined if there is no such directive. An invalid duration is 0:
 * caches are encouraged to treat such a response as stale (RFC 9111 §4.2.1).
 */
export function durationOf(directives: Directives, name: string): number | undefined {
  const value = directives.get(name)
  if (value === undefined) return undefined
  return /^\d+$/.test(value) ? Math.min(Number(value), MAX_SECONDS) * 1000 : 0
}

function unquoted(argument: string): string {
  return /^".*"$/.test(argument) ? argument.slice(1, -1).replace(/\\(.)/g, '$1') : argument
}
