/** Parameters by name, as `href` of `@tsgi/router` takes them. */
export type PathParams = Readonly<Record<string, string | readonly string[] | undefined>>

/** A character, an escaped one, or a parameter with its name, quoted or bare. */
const TOKEN = /\\(.)|[:*](?:"((?:\\.|[^"\\])*)"|((?:[$\p{ID_Continue}]|\u200c|\u200d)+))|./gsu

/**
 * Returns the path of a pattern of path-to-regexp 9, by the rules of `href` of `@tsgi/router`: parameters are
 * percent-encoded, and an optional group is left out if one of its parameters is missing.
 *
 * @throws TypeError if a parameter is missing or empty, or the path would not lead back to the pattern.
 */
export function buildPath(pattern: string, params: PathParams = {}): string {
  let group = { path: '', isComplete: true }
  const outer: (typeof group)[] = []
  for (const [token, escaped, quoted, bare] of pattern.matchAll(TOKEN)) {
    const name = quoted?.replace(/\\(.)/g, '$1') ?? bare
    if (name !== undefined) {
      const value = Object.hasOwn(params, name) ? params[name] : undefined
      if (value === undefined && outer.length > 0) group.isComplete = false
      else group.path += encode(token[0] === '*' ? value : [value], `client: ${name} of '${pattern}'`)
    } else if (token === '{') {
      outer.push(group)
      group = { path: '', isComplete: true }
    } else if (token === '}') {
      const { path, isComplete } = group
      group = outer.pop()!
      if (isComplete) group.path += path
    } else group.path += (escaped ?? token).replace(/[?#]/, encodeURIComponent)
  }
  if (/^\/\/|\/\.\.?(?:\/|$)/.test(group.path)) {
    throw new TypeError(`client: '${group.path}' is not a path that fetch keeps`)
  }
  return group.path
}

function encode(parts: unknown, name: string): string {
  const isText = Array.isArray(parts) && parts.every((part) => typeof part === 'string')
  const path = isText && parts.map(encodeURIComponent).join('/')
  if (!path) throw new TypeError(`${name} is missing, empty or not text`)
  return path
}
