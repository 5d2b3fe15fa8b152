/** Parameters by name, as `href` of `@tsgi/router` takes them. */
export type PathParams = Readonly<Record<string, string | readonly string[] | undefined>>

/** A character, an escaped one, or a parameter with its name, bare or quoted. */
const TOKEN = /\\(.)|[:*]("(?:\\.|[^"\\])*"|[$\p{IDC}\u200c-\u200d]+)|./gsu

/**
 * Returns the path of a pattern of path-to-regexp 9, by the rules of `href` of `@tsgi/router`: parameters are
 * percent-encoded, and an optional group is left out if one of its parameters is missing.
 *
 * @throws TypeError if a parameter is missing, empty or not text, or if the path would not lead back to the pattern.
 */
export function buildPath(pattern: string, params?: PathParams): string {
  const values = { __proto__: null, ...params } as unknown as Record<string, unknown>
  // All groups read from the same iterator.
  const tokens = pattern.matchAll(TOKEN)
  const readGroup = (opening?: string): string => {
    let path = ''
    let isComplete = true
    for (const [token, escaped, quoted] of tokens) {
      if (token === '}') break
      const name = quoted?.replace(/"|\\(.)/g, '$1')
      if (name) {
        const value = values[name]
        const parts = (token[0] === '*' ? value : [value]) as readonly string[] | undefined
        if (opening && value === undefined) isComplete = false
        else {
          path +=
            // Lone surrogates cannot be encoded.
            (parts?.every?.((part) => part?.isWellFormed?.()) && parts.map(encodeURIComponent).join('/')) ||
            fail(`'${pattern}' needs text for ${name}`)
        }
      } else path += token === '{' ? readGroup(token) : (escaped ?? token).replace(/[?#]/, encodeURIComponent)
    }
    return isComplete ? path : ''
  }
  const path = readGroup()
  if (/^\/\/|\/\.\.?(\/|$)/.test(path)) fail(`unsafe path '${path}'`)
  return path
}

/** @throws TypeError always. */
export function fail(message: string): never {
  throw new TypeError(`client: ${message}`)
}
