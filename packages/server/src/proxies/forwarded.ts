/** The parameters of `Forwarded` that one proxy has set. */
export interface ForwardedElement {
  for?: string
  proto?: string
  host?: string
  by?: string
}

/**
 * A parameter and the delimiter after it. Unquoted values may contain the colons and brackets of addresses, and
 * semicolons may be followed by spaces: proxies send both, although RFC 7239 does not allow it.
 */
const PAIR =
  /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~:[\]/-]+)|"((?:[^"\\]|\\.)*)")[ \t]*)?(;|,|$)/y

/**
 * Parses the field `Forwarded`: one element per proxy, the nearest last. Ignores extensions. Returns undefined if any part
 * is malformed: a client could otherwise hide entries with an unclosed quote, and choose which proxies count.
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
    // RFC 9110 §5.6.1.2: ignore empty list elements.
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
