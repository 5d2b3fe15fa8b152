/** What one proxy says in `Forwarded` of the request it received; absent where it does not say. */
export interface ForwardedElement {
  for?: string
  proto?: string
  host?: string
  by?: string
}

/**
 * A parameter, and what it is followed by. Outside of quotes more is taken than RFC 7239 has there: the colons and
 * brackets of addresses, and spaces after a semicolon, which proxies write.
 */
const PAIR =
  /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~:[\]/-]+)|"((?:[^"\\]|\\.)*)")[ \t]*)?(;|,|$)/y

/**
 * Reads the field `Forwarded`: what each proxy said, the nearest last; undefined where it is malformed. Extensions
 * are passed over.
 *
 * It is malformed as a whole: a client that could have a part of it left out, by a quote that is not closed, would
 * choose which of the proxies are heard.
 *
 * Source: RFC 7239 §4.
 */
export function parseForwarded(value: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = []
  let members = new Map<string, string>()
  PAIR.lastIndex = 0
  for (;;) {
    const match = PAIR.exec(value)
    if (match === null) return undefined
    const [, name, token, quoted, delimiter] = match
    if (name !== undefined) {
      const key = name.toLowerCase()
      if (members.has(key)) return undefined
      members.set(key, token ?? quoted!.replace(/\\(.)/g, '$1'))
    }
    if (delimiter === ';') continue
    // RFC 9110 §5.6.1.2: empty elements of a list are passed over.
    if (members.size > 0) elements.push(elementOf(members))
    members = new Map()
    if (delimiter === '') return elements
  }
}

function elementOf(members: ReadonlyMap<string, string>): ForwardedElement {
  const element: ForwardedElement = {}
  for (const name of ['for', 'proto', 'host', 'by'] as const) {
    const value = members.get(name)
    if (value !== undefined) element[name] = value
  }
  return element
}
